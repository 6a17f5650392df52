// Puts a session into a bucket as catching up does: in parts of whole lines, some 8 MiB each.

import { createReadStream } from "node:fs";
import { basename } from "node:path";

const PART_BYTES = 8 << 20;
const NEWLINE = 0x0a;

/** `project` begins with the bucket's name. */
export async function upload(endpoint: string, project: string, path: string, cwd: string): Promise<void> {
  const sessionId = basename(path, ".jsonl");
  const prefix = `${endpoint}/${project}/sessions/claude-code/${sessionId}`;
  let [sequence, end] = [0, 0];
  let held = Buffer.alloc(0);
  const put = async (body: Buffer<ArrayBuffer>): Promise<void> => {
    end += body.length;
    const name = `part-${String(sequence).padStart(5, "0")}-${(end >>> 0).toString(16).padStart(8, "0")}.jsonl`;
    sequence += 1;
    await send(`${prefix}/${name}`, body);
  };
  for await (const chunk of createReadStream(path, { highWaterMark: PART_BYTES })) {
    held = Buffer.concat([held, chunk]);
    const whole = held.lastIndexOf(NEWLINE) + 1;
    if (whole >= PART_BYTES) {
      await put(held.subarray(0, whole));
      held = held.subarray(whole);
    }
  }
  await put(held);
  const uploaded = new Date().toISOString();
  const meta = {
    ...{
      schema_version: 1,
      harness: "claude-code",
      session_id: sessionId,
      cwd,
      title: `A session of ${Number(sessionId.slice(-12))} MB`,
    },
    ...{ source_path: null, agent_id: null, started_at: uploaded, last_uploaded_at: uploaded, ended_at: null },
    ...{ total_source_bytes: end, total_uploaded_bytes: end, redaction_counts: {}, parts: [] },
  };
  await send(`${prefix}/meta.json`, Buffer.from(JSON.stringify(meta)));
}

async function send(url: string, body: Buffer<ArrayBuffer>): Promise<void> {
  const response = await fetch(url, { method: "PUT", body });
  if (!response.ok) {
    throw new Error(`${url}: ${response.status}`);
  }
}
