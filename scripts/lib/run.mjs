// Running programs: bounded, without a terminal's input, and with a failure that says what to do.

import { spawn } from "node:child_process";
import { existsSync } from "node:fs";
import { delimiter, join } from "node:path";

/** An error whose message is for people: shown without a stack. */
export class Failure extends Error {}

/**
 * @typedef {object} RunOptions
 * @property {string} [cwd]
 * @property {NodeJS.ProcessEnv} [env]
 * @property {boolean} [show] pass the program's output through instead of keeping it for a failure
 * @property {number} [timeoutMs] 20 minutes unless told
 * @property {string} [remedy] added to the failure's message
 */

/**
 * Runs a program to its end and returns what it printed.
 * @param {string} command
 * @param {readonly string[]} args
 * @param {RunOptions} [options]
 * @returns {Promise<string>}
 */
export function run(command, args, options = {}) {
  const { cwd, env = process.env, show = false, timeoutMs = 20 * 60_000, remedy = "" } = options;
  return new Promise((resolve, reject) => {
    const child = spawn(command, args, {
      cwd,
      env,
      stdio: ["ignore", show ? "inherit" : "pipe", show ? "inherit" : "pipe"],
      windowsHide: true,
    });
    let output = "";
    const keep = (/** @type {Buffer} */ chunk) => {
      output += chunk.toString();
    };
    child.stdout?.on("data", keep);
    child.stderr?.on("data", keep);
    const limit = setTimeout(() => {
      output += `\nstopped after ${timeoutMs / 1000} s`;
      child.kill("SIGKILL");
    }, timeoutMs);
    const fail = (/** @type {string} */ why) => {
      const tail = output.trim().split("\n").slice(-40).join("\n");
      reject(new Failure([`${[command, ...args].join(" ")}: ${why}`, tail, remedy].filter(Boolean).join("\n")));
    };
    child.on("error", (error) => {
      clearTimeout(limit);
      fail(error.message);
    });
    child.on("close", (code, signal) => {
      clearTimeout(limit);
      if (code === 0) {
        resolve(output);
      } else {
        fail(signal ? `ended by ${signal}` : `exit code ${code}`);
      }
    });
  });
}

/**
 * Runs npm, whichever way this script was started.
 * @param {readonly string[]} args
 * @param {RunOptions} [options]
 */
export function npm(args, options) {
  const quiet = ["--no-audit", "--no-fund", "--loglevel=error"];
  const { npm_execpath: cli } = process.env;
  if (cli?.endsWith(".js")) {
    return run(process.execPath, [cli, ...args, ...quiet], options);
  }
  const program = which("npm");
  if (!program) {
    throw new Failure("npm was not found on PATH. It comes with Node.js.");
  }
  return run(program, [...args, ...quiet], options);
}

/**
 * The full path of a program on PATH.
 * @param {string} program
 * @returns {string | undefined}
 */
export function which(program) {
  const endings = process.platform === "win32" ? [".exe", ".cmd", ".bat"] : [""];
  const { PATH = "" } = process.env;
  for (const folder of PATH.split(delimiter)) {
    for (const ending of endings) {
      const candidate = join(folder, program + ending);
      if (folder && existsSync(candidate)) {
        return candidate;
      }
    }
  }
  return undefined;
}

/**
 * Ends a process with everything it started: politely, then not.
 * @param {import("node:child_process").ChildProcess} child started with `detached`
 * @param {number} [graceMs]
 */
export async function endGroup(child, graceMs = 5000) {
  if (child.pid === undefined || child.exitCode !== null || child.signalCode !== null) {
    return;
  }
  const ended = new Promise((resolve) => child.once("close", () => resolve(true)));
  signalGroup(child.pid, "SIGTERM");
  const timer = setTimeout(() => signalGroup(/** @type {number} */ (child.pid), "SIGKILL"), graceMs);
  await ended;
  clearTimeout(timer);
  signalGroup(child.pid, "SIGKILL"); // what outlived its leader
}

/**
 * @param {number} pid
 * @param {NodeJS.Signals} signal
 */
function signalGroup(pid, signal) {
  try {
    process.kill(process.platform === "win32" ? pid : -pid, signal);
  } catch (error) {
    if (!(error instanceof Error && "code" in error && error.code === "ESRCH")) {
      throw error;
    }
  }
}
