// What agents leave on a machine beside the sessions that the simulated agent writes.

import { spawn } from "node:child_process";
import { once } from "node:events";
import { mkdir, readFile, utimes, writeFile } from "node:fs/promises";
import { dirname, join } from "node:path";
import { ROOT } from "../../../scripts/lib/places.mjs";
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

/** A Claude Code session of the workspace that wrote a file, had a sub-agent, talked for some turns, and edited the file. */
export async function writeEditingSession(
  machine: Machine,
  sessionId: string,
  { file, content, old, written, turns, agentId }: EditingSession,
): Promise<{ readonly path: string; readonly lines: number }> {
  const called = (id: string, name: string, input: object, content: string) => [
    said("assistant", [{ type: "tool_use", id, name, input }]),
    said("user", [{ type: "tool_result", tool_use_id: id, content }]),
  ];
  const call = (id: string, name: string, input: object) => called(id, name, { file_path: file, ...input }, "done");
  const task = { description: "Look around", prompt: "Look around in here", subagent_type: "Explore" };
  const talk = Array.from({ length: turns }, (_, turn) => [
    said("user", `Question ${turn}`),
    said("assistant", [{ type: "text", text: `Answer ${turn}.\n\n${"It goes on. ".repeat(40)}` }]),
  ]).flat();
  const records = [
    said("user", "Write a parser"),
    ...call("toolu_1", "Write", { content }),
    ...called("toolu_0", "Task", task, `All is well.\nagentId: ${agentId}`),
    ...talk,
    ...call("toolu_2", "Edit", { old_string: old, new_string: written }),
  ];
  const folder = join(machine.claudeHome, "projects", machine.workspace.replaceAll(/[^A-Za-z0-9]/g, "-"));
  const path = join(folder, `${sessionId}.jsonl`);
  await mkdir(folder, { recursive: true });
  const began = Date.now() - 2 * PAST_MS;
  const body = records.map((record, number) => {
    const links = { uuid: `u${number}`, parentUuid: number > 0 ? `u${number - 1}` : null, sessionId };
    const timestamp = new Date(began + number * 1000).toISOString();
    return `${JSON.stringify({ ...record, ...links, timestamp, cwd: machine.workspace, version: "2.1.0" })}\n`;
  });
  await writeFile(path, body.join(""));
  const ended = new Date(Date.now() - PAST_MS);
  await utimes(path, ended, ended);
  return { path, lines: records.length };
}

export interface EditingSession {
  readonly file: string;
  readonly content: string;
  readonly old: string;
  readonly written: string;
  readonly turns: number;
  readonly agentId: string;
}

function said(role: "user" | "assistant", content: unknown) {
  return { type: role, message: { role, content } };
}

/** A session of each agent that has these texts wherever an agent takes one. */
export async function writeHostileSessions(machine: Machine, texts: readonly string[]): Promise<void> {
  const script = join(ROOT, "tests/e2e/support/hostile_sessions.py");
  const python = spawn(join(ROOT, ".venv/bin/python"), [script, machine.env["HOME"] ?? "", machine.workspace], {
    env: { PATH: "/usr/bin:/bin" },
    stdio: ["pipe", "ignore", "inherit"],
  });
  python.stdin.end(JSON.stringify(texts));
  const [code] = await once(python, "close");
  if (code !== 0) {
    throw new Error(`the hostile sessions could not be written: exit code ${code}`);
  }
}
