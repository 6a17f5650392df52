// The user's own VS Code, opened with a profile apart from theirs.

import { spawn } from "node:child_process";
import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { works } from "../lib/python.mjs";
import { endGroup, run, which } from "../lib/run.mjs";
import { prepareProfile } from "./server.mjs";
import { installOnce, withoutEditor } from "./session.mjs";

/**
 * The `code` command, where it can open a window.
 * @returns {Promise<string | undefined>}
 */
export async function findDesktop() {
  const code = which("code");
  const { DISPLAY, WAYLAND_DISPLAY } = process.env;
  const hasScreen = process.platform !== "linux" || Boolean(DISPLAY || WAYLAND_DISPLAY);
  // Inside a remote window's terminal `code` only talks to that window, and can't take a profile of its own.
  if (!code || !hasScreen || code.includes("remote-cli")) {
    return undefined;
  }
  return (await works(code, ["--version"])) ? code : undefined;
}

/**
 * @param {string} code
 * @param {string} home keeps its profile from start to start
 * @param {import("./session.mjs").Target} target
 * @returns {Promise<import("./session.mjs").Editor>}
 */
export async function openDesktop(code, home, { folder, env, vsix, vsixId }) {
  const profile = await prepareProfile(home);
  const common = ["--user-data-dir", profile.userData, "--extensions-dir", profile.extensions];
  if (process.getuid?.() === 0) {
    common.push("--no-sandbox");
  }
  const clean = withoutEditor(env);
  await installOnce(home, vsixId, async () => {
    await run(code, [...common, "--install-extension", vsix, "--force"], { env: clean, timeoutMs: 120_000 });
  });
  const child = spawn(code, [...common, "--new-window", "--wait", folder], {
    env: clean,
    stdio: "ignore",
    detached: true,
  });
  const closed = new Promise((done) => {
    child.once("close", done);
    child.once("error", done);
  });
  return {
    message: `${folder} is open in VS Code, with a profile of its own.`,
    closed,
    stop: async () => {
      await endGroup(child);
      await endWindow(profile.userData);
    },
  };
}

/**
 * Ends the editor that the `code` command left running: it notes its process in its profile.
 * @param {string} userData
 */
async function endWindow(userData) {
  const pid = Number(await readFile(join(userData, "code.lock"), "utf8").catch(() => ""));
  if (Number.isInteger(pid) && pid > 1) {
    try {
      process.kill(pid, "SIGTERM");
    } catch {
      // It ended by itself.
    }
  }
}
