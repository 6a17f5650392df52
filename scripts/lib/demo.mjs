// The demonstration: a sample workspace and a simulated agent, with all their state apart from the user's.

import { spawn } from "node:child_process";
import { mkdir, rm, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { ROOT } from "./places.mjs";
import { endGroup } from "./run.mjs";

const SAMPLE = {
  "README.md": "# Tide tables\n\nA small sample project. A simulated agent is working on it.\n",
  "tides.py":
    'def next_high_tide(hours_since_last: float) -> float:\n    """Hours until the next high tide."""\n' +
    "    return max(0.0, 12.42 - hours_since_last)\n",
};

/**
 * @typedef {object} Demo
 * @property {string} workspace
 * @property {string} claudeHome
 * @property {Record<string, string>} env what points the extension at the demonstration's state
 */

/**
 * Makes the sample workspace anew.
 * @param {string} home
 * @returns {Promise<Demo>}
 */
export async function prepareDemo(home) {
  const [workspace, claudeHome, state] = [join(home, "tide-tables"), join(home, "claude"), join(home, "state")];
  for (const folder of [claudeHome, state]) {
    await rm(folder, { recursive: true, force: true });
  }
  await mkdir(workspace, { recursive: true });
  for (const [name, text] of Object.entries(SAMPLE)) {
    await writeFile(join(workspace, name), text);
  }
  const env = { CLAUDE_CONFIG_DIR: claudeHome, SESSION_MIRROR_STATE_DIR: state };
  return { workspace, claudeHome, env };
}

/**
 * Starts the simulated agent, which writes until it is stopped.
 * @param {string} python
 * @param {Demo} demo
 */
export function startAgent(python, { workspace, claudeHome, env }) {
  const script = join(ROOT, "scripts/simulated_agent.py");
  const child = spawn(python, [script, "--config-dir", claudeHome, "--cwd", workspace, "--delay", "2", "--forever"], {
    env: { ...process.env, ...env },
    stdio: ["ignore", "ignore", "inherit"],
    detached: true,
  });
  child.on("error", (error) => console.error(`The simulated agent did not start: ${error.message}`));
  return { stop: () => endGroup(child) };
}
