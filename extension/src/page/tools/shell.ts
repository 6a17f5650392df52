/** Commands and what came of them, as each agent writes them down. */

import { isString } from "../../shared/shape";
import { formatDuration } from "../format";
import { type Fields, fieldsOf, numberIn, textIn } from "./fields";
import { unwrapped } from "./wrappers";

export interface Command {
  readonly code: string;
  readonly language: "bash" | "python" | "powershell";
  /** Where it ran, and what it is for; empty where nothing is said. */
  readonly directory: string;
  readonly purpose: string;
}

const SHELL_WORDS = /^(?:\S*\/)?(?:ba|z|da|k)?sh$/;
/** Fields that a command is told by. */
export const COMMAND_FIELDS = [
  "command",
  "cmd",
  "code",
  "script",
  "workdir",
  "cwd",
  "directory",
  "description",
  "title",
];

/** `undefined` when the arguments hold none: a look at a running command, or a tool of another kind. */
export function commandIn(fields: Fields, tool: string): Command | undefined {
  const words = [fields["command"], fields["cmd"]].find(Array.isArray);
  const code =
    words === undefined ? textIn(fields, "command", "cmd", "code", "script") : lineOf(words.filter(isString));
  if (code === "") {
    return undefined;
  }
  return {
    code,
    language: tool === "execute_code" ? "python" : /powershell|pwsh/i.test(tool) ? "powershell" : "bash",
    directory: textIn(fields, "workdir", "cwd", "directory"),
    purpose: textIn(fields, "description", "title"),
  };
}

/** As typed: what a shell was told to run, else the words. */
function lineOf(words: readonly string[]): string {
  const [shell = "", flag = "", line = ""] = words;
  return words.length === 3 && SHELL_WORDS.test(shell) && /^-l?c$/.test(flag) ? line : words.join(" ");
}

export interface ShellResult {
  readonly output: string;
  /** Undefined where nothing was told. */
  readonly exitCode: number | undefined;
  /** What the agent wrote above the output: times, sizes. */
  readonly notes: readonly string[];
}

/** The lines that Codex puts above an output. */
const HEAD_LINE =
  /^(?:Chunk ID|Wall time|Exit code|Original token count|Total output lines): |^Exit code -?\d+$|^Process (?:exited|running) with /;
const EXIT = /^(?:Process exited with code|Exit code:?) (-?\d+)/m;
const LONGEST_HEAD = 8;
/** A patch that was applied by a command has a head of its own. */
const INNER_HEAD = /^Exit code: -?\d+\nWall time: /;
/** OpenClaw tells it at the end; of objects with what was printed and the code, that is left. */
const EXIT_BELOW = /(?:^|\n\n)(?:\(Command exited with code |exit_code: )(-?\d+)\)?\s*$/;
const SHORTEST_TOLD_MS = 100;

export function shellResultOf(answer: string): ShellResult {
  const text = unwrapped(answer);
  return objectResult(text) ?? labelledResult(text) ?? headedResult(text);
}

/** What Gemini CLI writes around an output. */
const LABELS_BEFORE = /^(?:Command: .*\n)?(?:Directory: .*\n)?(?:Output|Stdout): /;
const LABEL_AFTER = /^(?:Stderr|Error|Exit Code|Signal|Background PIDs|Process Group PGID): /;
const NOTHING_SAID = /^\((?:empty|none)\)$/;
const EXIT_CODE = /^Exit Code: (-?\d+)$/m;

function labelledResult(text: string): ShellResult | undefined {
  const before = LABELS_BEFORE.exec(text)?.[0];
  if (before === undefined) {
    return undefined;
  }
  const rest = text.slice(before.length).replace(/\n$/, "");
  const end = endOfOutput(rest);
  const labels = rest.slice(end);
  const error = /^(?:Stderr|Error): (.*)$/m.exec(labels)?.[1] ?? "";
  const exit = EXIT_CODE.exec(labels);
  return {
    output: [rest.slice(0, end), error].filter((each) => each !== "" && !NOTHING_SAID.test(each)).join("\n"),
    exitCode: exit === null ? undefined : Number(exit[1]),
    notes: [],
  };
}

/** Where the lines begin that stand below the output. */
function endOfOutput(text: string): number {
  let end = text.length;
  for (;;) {
    const start = text.lastIndexOf("\n", end - 1);
    if (start < 0 || !LABEL_AFTER.test(text.slice(start + 1, Math.min(end, start + 30)))) {
      return end;
    }
    end = start;
  }
}

/** Hermes and old versions of Codex answer with an object. */
function objectResult(text: string): ShellResult | undefined {
  const fields = text.startsWith("{") ? fieldsOf(text) : undefined;
  if (fields === undefined || !["output", "stdout", "stderr"].some((name) => isString(fields[name]))) {
    return undefined;
  }
  const streams = [textIn(fields, "output", "stdout"), textIn(fields, "stderr"), textIn(fields, "error")];
  const metadata = fields["metadata"];
  const nested = typeof metadata === "object" && metadata !== null ? { ...metadata } : {};
  return {
    output: streams.filter((each) => each !== "").join("\n"),
    exitCode: numberIn({ ...nested, ...fields }, "exit_code", "exitCode", "returncode"),
    notes: [],
  };
}

function headedResult(text: string): ShellResult {
  const lines = text.split("\n", LONGEST_HEAD);
  const length = lines.findIndex((line) => !HEAD_LINE.test(line));
  const head = lines.slice(0, length === -1 ? lines.length : length);
  const exit = EXIT.exec(head.join("\n"));
  const rest = text.slice(head.reduce((sum, line) => sum + line.length + 1, 0)).replace(/^Output:\n?/, "");
  if (head.length > 0 && INNER_HEAD.test(rest)) {
    return headedResult(rest);
  }
  const below = head.length === 0 ? EXIT_BELOW.exec(text) : null;
  if (below !== null) {
    return { output: text.slice(0, below.index), exitCode: Number(below[1]), notes: [] };
  }
  return {
    output: head.length === 0 ? text : rest,
    exitCode: exit === null ? undefined : Number(exit[1]),
    notes: head.flatMap(noteOf),
  };
}

/** What the head says beside the exit code. */
function noteOf(line: string): readonly string[] {
  const ms = 1000 * Number(/^Wall time: ([\d.]+) seconds$/.exec(line)?.[1] ?? 0);
  return [
    ...(ms >= SHORTEST_TOLD_MS ? [formatDuration(ms)] : []),
    ...(line.startsWith("Process running with ") ? ["still running"] : []),
  ];
}
