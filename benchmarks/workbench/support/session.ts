// Long sessions to look at, as Claude Code writes them: prompts, calls with output, edits, and replies with code.

import { createWriteStream } from "node:fs";
import { mkdir, utimes } from "node:fs/promises";
import { dirname } from "node:path";
import { Readable } from "node:stream";
import { pipeline } from "node:stream/promises";

const CALLS_A_TURN = 30;
const CALLS_A_REPLY = 10;
const OUTPUT = "line of output\n".repeat(250);
const HOUR_MS = 3_600_000;
const CHUNK_CHARS = 1 << 20;
const MESSAGE = {
  ...{ type: "message", model: "claude-x", stop_reason: null, stop_sequence: null },
  usage: { input_tokens: 3, output_tokens: 40 },
};

/** Writes a session of about that size, which ended hours ago. */
export async function writeSession(path: string, megabytes: number, cwd: string, title: string): Promise<void> {
  await mkdir(dirname(path), { recursive: true });
  await pipeline(Readable.from(chunks(megabytes * 1_000_000, cwd, title)), createWriteStream(path));
  const ended = new Date(Date.now() - 3 * HOUR_MS);
  await utimes(path, ended, ended);
}

function* chunks(bytes: number, cwd: string, title: string): Generator<string> {
  let [chunk, left] = ["", bytes];
  for (const line of lines(cwd, title)) {
    chunk += line;
    if (chunk.length >= Math.min(CHUNK_CHARS, left)) {
      yield chunk;
      left -= chunk.length;
      chunk = "";
      if (left <= 0) {
        return;
      }
    }
  }
}

function* lines(cwd: string, title: string): Generator<string> {
  let number = 0;
  const line = (role: "user" | "assistant", content: unknown): string => {
    number += 1;
    return `${JSON.stringify(record(number, role, content, cwd))}\n`;
  };
  yield line("user", title);
  for (;;) {
    for (let call = 1; call <= CALLS_A_TURN; call += 1) {
      const id = `toolu_${number}`;
      yield line("assistant", [{ type: "tool_use", id, ...(call % 5 === 0 ? edit(number) : command(number)) }]);
      const output = OUTPUT.slice(0, (number * 7) % 3500);
      yield line("user", [{ type: "tool_result", tool_use_id: id, content: output }]);
      if (call % CALLS_A_REPLY === 0) {
        yield line("assistant", [{ type: "text", text: reply(number) }]);
      }
    }
    yield line("user", `please do the thing number ${number}`);
  }
}

function command(number: number): object {
  return { name: "Bash", input: { command: `cat reports/${number}.txt | sort | uniq --count` } };
}

function edit(number: number): object {
  const old = `const limit = ${number};`;
  return {
    name: "Edit",
    input: { file_path: `src/limits${number % 40}.ts`, old_string: old, new_string: `export ${old}` },
  };
}

function reply(number: number): string {
  return `The change number ${number} is in place. What matters about it:

- **Reading** goes on where it stopped, so that nothing is read twice.
- Errors of the *store* are told apart from those of the \`source\`.

\`\`\`python
def advance(cursor: int, lines: list[bytes]) -> int:
    return cursor + sum(len(line) for line in lines)  # where the next read begins
\`\`\`

Next I will run the tests, and look at what they say.`;
}

function record(number: number, role: string, content: unknown, cwd: string): object {
  return {
    type: role,
    uuid: `0f1e2d3c-0000-4000-8000-${number.toString(16).padStart(12, "0")}`,
    parentUuid: number === 1 ? null : `0f1e2d3c-0000-4000-8000-${(number - 1).toString(16).padStart(12, "0")}`,
    cwd,
    timestamp: new Date(Date.parse("2026-01-01T00:00:00Z") + number * 1000).toISOString(),
    ...{ isSidechain: false, userType: "external", sessionId: "s", version: "2.0.0" },
    message: role === "user" ? { role, content } : { ...MESSAGE, role, content, id: `msg_${number}` },
  };
}
