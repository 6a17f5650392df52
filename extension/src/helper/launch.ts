/** What exactly is started as the helper, or as one of its commands. Pure. */

import { join } from "node:path";
import type { Executable } from "vscode-languageclient/node";
import type { Interpreter } from "./python/probe";

/** `-I -S` keep the user's packages out, so that nothing there can shadow what the helper brings along. */
export function helperExecutable(
  interpreter: Interpreter,
  extensionPath: string,
  cwd: string,
  env: Record<string, string>,
  run: readonly string[] = ["serve"],
): Executable {
  return {
    command: interpreter.path,
    args: ["-I", "-S", "-X", "utf8", join(extensionPath, "pyhelper", "bootstrap.py"), ...run],
    options: { cwd, env },
  };
}
