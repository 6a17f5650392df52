/** Runs the helper's command line once: for what outlives the editor, and needs no connection. */

import { execFile } from "node:child_process";
import type { Executable } from "vscode-languageclient/node";
import { HelperError } from "./client";

/** What a command printed on standard output. Rejects with a `HelperError` in the command's own words. */
export type Tool = (...args: readonly string[]) => Promise<string>;

const LIMIT_MS = 60_000;
const SAID = /^Error: (.*)$/m;

export function runTool({ command, args = [], options }: Executable): Promise<string> {
  return new Promise((resolve, reject) => {
    const { cwd, env } = options ?? {};
    execFile(command, args, { cwd, env, timeout: LIMIT_MS, windowsHide: true }, (error, stdout, stderr) => {
      if (error === null) {
        resolve(stdout);
      } else {
        reject(failureOf(error, stderr));
      }
    });
  });
}

/** The command says what failed on one line, and what to do about it on the next. */
export function failureOf(error: Error, stderr: string): HelperError {
  const said = SAID.exec(stderr);
  if (said?.[1] === undefined) {
    return new HelperError("gone", error.message.split("\n", 1)[0] ?? "", true);
  }
  const hint = stderr.slice(said.index + said[0].length).trim();
  return new HelperError("refused", said[1], false, hint);
}
