// The browser-served editor as `npm start` opens it.

import { readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { step } from "../lib/progress.mjs";
import { folderUrl, installExtension, prepareProfile, startServer } from "./server.mjs";

/**
 * @typedef {object} Target
 * @property {string} folder
 * @property {NodeJS.ProcessEnv} env
 * @property {string} vsix
 * @property {string} vsixId changes when the VSIX does
 * @property {number} port
 */

/**
 * @typedef {object} Editor
 * @property {string} message what to tell the user
 * @property {Promise<unknown>} closed settles when the user closed it
 * @property {() => Promise<void>} stop
 */

/**
 * @param {import("./install.mjs").Workbench} workbench
 * @param {string} home keeps its profile from start to start
 * @param {Target} target
 * @returns {Promise<Editor>}
 */
export async function openWorkbench(workbench, home, { folder, env, vsix, vsixId, port }) {
  const profile = await prepareProfile(home);
  const clean = withoutEditor(env);
  await installOnce(home, vsixId, () => installExtension(workbench, profile, vsix, clean));
  const options = { env: clean, port, logFile: join(home, "server.log") };
  const server = await step("Starting the editor", () => startServer(workbench, profile, options));
  return {
    message: `Open ${folderUrl(server.url, folder)}`,
    closed: new Promise(() => {}), // a browser tab's end says nothing: it may come back
    stop: server.stop,
  };
}

/**
 * Installs the extension into a profile, unless this very VSIX already is.
 * @param {string} home
 * @param {string} vsixId
 * @param {() => Promise<void>} install
 */
export async function installOnce(home, vsixId, install) {
  const stamp = join(home, "installed");
  if ((await readFile(stamp, "utf8").catch(() => "")) !== vsixId) {
    await step("Installing the extension", install);
    await writeFile(stamp, vsixId);
  }
}

/**
 * The environment without what an editor leaves in its terminal, so that a new one starts instead of the old one answering.
 * @param {NodeJS.ProcessEnv} env
 */
export function withoutEditor(env) {
  return Object.fromEntries(
    Object.entries(env).filter(([name]) => !name.startsWith("VSCODE_") && name !== "ELECTRON_RUN_AS_NODE"),
  );
}
