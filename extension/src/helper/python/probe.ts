/** Asks one interpreter what it is, by running it. */

import { execFile } from "node:child_process";

/** A command to try: a path or a name, with arguments that come first (`py -3`). */
export interface Candidate {
  readonly command: string;
  readonly args: readonly string[];
}

export interface Interpreter {
  /** The interpreter's own word for where it is: absolute. */
  readonly path: string;
  readonly version: string;
}

export type ProbeResult =
  | { readonly ok: true; readonly interpreter: Interpreter }
  | { readonly ok: false; readonly reason: Unfit; readonly detail: string };

/** Why an interpreter can't be used. */
export type Unfit = "missing" | "tooOld" | "noSsl" | "noSqlite" | "storeStub" | "broken";

export const OLDEST_PYTHON = [3, 10] as const;

const TIME_LIMIT_MS = 10_000;
/** What Windows' placeholder for Python answers with. */
const STORE_STUB_EXIT_CODE = 9009;

const SCRIPT = [
  "import json, sys",
  "def has(name):",
  "    try:",
  "        __import__(name)",
  "        return True",
  "    except Exception:",
  "        return False",
  "print(json.dumps([list(sys.version_info[:3]), sys.executable, has('ssl'), has('sqlite3')]))",
].join("\n");

/** Runs the candidate isolated from the user's packages and in no particular folder. Never throws. */
export function probe(candidate: Candidate, env: Record<string, string>, cwd: string): Promise<ProbeResult> {
  const args = [...candidate.args, "-I", "-S", "-X", "utf8", "-c", SCRIPT];
  const options = { env, cwd, timeout: TIME_LIMIT_MS, windowsHide: true, encoding: "utf8" } as const;
  return new Promise((resolve) => {
    execFile(candidate.command, args, options, (error, stdout) => {
      resolve(error === null ? judge(stdout) : failed(error));
    });
  });
}

interface ExecError {
  readonly message: string;
  readonly code?: string | number | null | undefined;
}

export function failed(error: ExecError): ProbeResult {
  if (error.code === "ENOENT" || error.code === "EACCES" || error.code === "ENOTDIR") {
    return { ok: false, reason: "missing", detail: String(error.code) };
  }
  if (error.code === STORE_STUB_EXIT_CODE) {
    return { ok: false, reason: "storeStub", detail: "" };
  }
  return { ok: false, reason: "broken", detail: error.message.split("\n", 1)[0] ?? "" };
}

export function judge(stdout: string): ProbeResult {
  let answer: unknown;
  try {
    answer = JSON.parse(stdout);
  } catch {
    return { ok: false, reason: "broken", detail: "no answer" };
  }
  if (!Array.isArray(answer)) {
    return { ok: false, reason: "broken", detail: "an answer of another shape" };
  }
  const [version, path, ssl, sqlite]: unknown[] = answer;
  if (!isVersion(version) || typeof path !== "string" || path === "") {
    return { ok: false, reason: "broken", detail: "an answer of another shape" };
  }
  const spelled = version.join(".");
  const [major, minor] = version;
  if (major !== OLDEST_PYTHON[0] || minor < OLDEST_PYTHON[1]) {
    return { ok: false, reason: "tooOld", detail: spelled };
  }
  if (ssl !== true) {
    return { ok: false, reason: "noSsl", detail: spelled };
  }
  if (sqlite !== true) {
    return { ok: false, reason: "noSqlite", detail: spelled };
  }
  return { ok: true, interpreter: { path, version: spelled } };
}

function isVersion(value: unknown): value is [number, number, number] {
  return Array.isArray(value) && value.length === 3 && value.every((part) => typeof part === "number");
}
