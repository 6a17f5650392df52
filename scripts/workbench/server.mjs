// A running browser-served editor: started on a loopback port with everything of its own, ended with all it started.

import { spawn } from "node:child_process";
import { closeSync, openSync } from "node:fs";
import { mkdir, readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { endGroup, Failure, run } from "../lib/run.mjs";

const READY = /HTTP server listening on (http:\/\/[\d.:]+)/;
const START_LIMIT_MS = 60_000;

/** What keeps a fresh editor quiet: no walkthroughs, chat, updates or telemetry. */
export const QUIET_SETTINGS = {
  "chat.disableAIFeatures": true,
  "extensions.autoCheckUpdates": false,
  "extensions.autoUpdate": false,
  "extensions.ignoreRecommendations": true,
  "git.enabled": false,
  "remote.autoForwardPorts": false,
  "security.workspace.trust.banner": "never",
  "telemetry.telemetryLevel": "off",
  "update.mode": "none",
  "window.commandCenter": false,
  "workbench.layoutControl.enabled": false,
  "workbench.secondarySideBar.defaultVisibility": "hidden",
  "workbench.startupEditor": "none",
  "workbench.tips.enabled": false,
  "workbench.welcomePage.walkthroughs.openOnInstall": false,
};

/**
 * @typedef {object} Profile
 * @property {string} userData the editor's user data
 * @property {string} extensions the installed extensions
 */

/** @typedef {import("./install.mjs").Workbench} Workbench */

/**
 * A profile below a folder, apart from the user's own; existing settings are kept.
 * @param {string} home
 * @param {Record<string, unknown>} [settings]
 * @returns {Promise<Profile>}
 */
export async function prepareProfile(home, settings = {}) {
  const profile = { userData: join(home, "user-data"), extensions: join(home, "extensions") };
  const file = join(profile.userData, "User/settings.json");
  await mkdir(join(profile.userData, "User"), { recursive: true });
  await mkdir(profile.extensions, { recursive: true });
  const text = `${JSON.stringify({ ...QUIET_SETTINGS, ...settings }, null, 2)}\n`;
  await writeFile(file, text, { flag: "wx" }).catch((error) => {
    if (error.code !== "EEXIST") {
      throw error;
    }
  });
  return profile;
}

/**
 * @param {Workbench} workbench
 * @param {Profile} profile
 * @param {string} vsix
 * @param {NodeJS.ProcessEnv} env
 */
export async function installExtension(workbench, profile, vsix, env) {
  const output = await run(
    workbench.node,
    [workbench.entry, ...profileArguments(profile), "--install-extension", vsix, "--force"],
    { env, timeoutMs: 120_000 },
  );
  if (!/successfully installed/i.test(output)) {
    throw new Failure(`The extension could not be installed:\n${output.trim()}`);
  }
}

/**
 * @typedef {object} ServerOptions
 * @property {NodeJS.ProcessEnv} env
 * @property {number} [port] 0, any free one, unless told
 * @property {string} logFile receives the server's output
 * @property {boolean} [trust] false asks for workspace trust as an editor does; true trusts every folder
 * @property {string} [builtins] a folder with the extensions that the editor takes for its own; all that it brings unless told
 */

/**
 * Starts the server and waits until it answers.
 * @param {Workbench} workbench
 * @param {Profile} profile
 * @param {ServerOptions} options
 */
export async function startServer(workbench, profile, { env, port = 0, logFile, trust = true, builtins }) {
  const args = [
    workbench.entry,
    ...profileArguments(profile),
    ...["--auth", "none", "--bind-addr", `127.0.0.1:${port}`, "--session-socket", join(profile.userData, "s.sock")],
    ...["--disable-telemetry", "--disable-update-check", "--disable-getting-started-override"],
    ...(trust ? ["--disable-workspace-trust"] : []),
    ...(builtins ? ["--builtin-extensions-dir", builtins] : []),
  ];
  const log = openSync(logFile, "w");
  const child = spawn(workbench.node, args, { env, stdio: ["ignore", log, log], detached: true });
  closeSync(log);
  let failure = "";
  child.on("error", (error) => {
    failure = error.message;
  });
  const deadline = Date.now() + START_LIMIT_MS;
  for (;;) {
    const text = await readFile(logFile, "utf8");
    const url = READY.exec(text)?.[1];
    if (url && (await answers(url))) {
      return { url, pid: child.pid, stop: () => endGroup(child) };
    }
    failure ||= child.exitCode === null ? "" : `it ended with exit code ${child.exitCode}`;
    if (failure || Date.now() > deadline) {
      await endGroup(child);
      throw new Failure(`The editor did not start: ${failure || "no answer"}\n${text.trim().slice(-2000)}`);
    }
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
}

/**
 * The address that opens a folder.
 * @param {string} url
 * @param {string} folder
 */
export function folderUrl(url, folder) {
  return `${url}/?folder=${encodeURIComponent(folder)}`;
}

/** @param {Profile} profile */
function profileArguments({ userData, extensions }) {
  // A configuration file of its own: the user's may set another address or a password.
  return [
    ...["--user-data-dir", userData, "--extensions-dir", extensions],
    ...["--config", join(userData, "code-server.yaml")],
  ];
}

/** @param {string} url */
async function answers(url) {
  try {
    return (await fetch(`${url}/healthz`, { signal: AbortSignal.timeout(2000) })).ok;
  } catch {
    return false;
  }
}
