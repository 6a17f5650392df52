// What agents leave on a machine beside the sessions that the simulated agent writes.

import { mkdir, readFile, utimes, writeFile } from "node:fs/promises";
import { dirname, join } from "node:path";
import type { Machine } from "./machine";

const PAST_MS = 4 * 60 * 60_000;

/** A sub-agent of a Claude Code session, which says what the session says. */
export async function writeSubAgent(
  machine: Machine,
  sessionId: string,
  agentId: string,
  told: { readonly agentType: string; readonly description: string },
): Promise<string> {
  const transcript = (await machine.transcripts()).get(sessionId);
  if (transcript === undefined) {
    throw new Error(`there is no session ${sessionId}`);
  }
  const folder = join(dirname(transcript), sessionId, "subagents");
  await mkdir(folder, { recursive: true });
  await writeFile(join(folder, `agent-${agentId}.meta.json`), JSON.stringify(told));
  const lines = (await readFile(transcript, "utf8")).trimEnd().split("\n");
  const asSubAgent = lines.map((line) => JSON.stringify({ ...JSON.parse(line), isSidechain: true, agentId }));
  const file = join(folder, `agent-${agentId}.jsonl`);
  await writeFile(file, `${asSubAgent.join("\n")}\n`);
  return file;
}

/** A thread of Codex that began on a day of March 2026. */
export async function writeThread(machine: Machine, day: number, prompt: string): Promise<void> {
  const id = `0190aaaa-0000-7000-8000-${String(day).padStart(12, "0")}`;
  const meta = { id, cwd: machine.workspace, originator: "codex_test", cli_version: "0.999.0", source: "cli" };
  await writeRollout(machine, day, id, [
    { type: "session_meta", payload: meta },
    {
      type: "response_item",
      payload: { type: "message", role: "user", content: [{ type: "input_text", text: prompt }] },
    },
    { type: "event_msg", payload: { type: "user_message", message: prompt, images: [] } },
  ]);
}

/** A thread in a format that is newer than any that is understood. */
export async function writeStrangeThread(machine: Machine, day: number, version: string): Promise<void> {
  const id = `0190aaaa-0000-7000-8000-${String(day).padStart(12, "0")}`;
  await writeRollout(machine, day, id, [{ type: "session_meta", payload: { cli_version: version } }]);
}

async function writeRollout(machine: Machine, day: number, id: string, records: readonly object[]): Promise<void> {
  const date = String(day).padStart(2, "0");
  const folder = join(machine.env["HOME"] ?? "", ".codex/sessions/2026/03", date);
  await mkdir(folder, { recursive: true });
  const file = join(folder, `rollout-2026-03-${date}T09-00-00-${id}.jsonl`);
  const timestamp = `2026-03-${date}T09:00:00.000Z`;
  await writeFile(file, records.map((record) => `${JSON.stringify({ timestamp, ...record })}\n`).join(""));
  const ended = new Date(Date.now() - PAST_MS);
  await utimes(file, ended, ended);
}
