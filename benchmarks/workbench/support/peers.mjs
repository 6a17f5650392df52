// Public viewers of another making that open the same sessions: each writes a page, which a browser then shows.

import { existsSync } from "node:fs";
import { mkdir } from "node:fs/promises";
import { join } from "node:path";
import { cacheDir } from "../../../scripts/lib/places.mjs";
import { pythonWithPip } from "../../../scripts/lib/python.mjs";
import { npm, run } from "../../../scripts/lib/run.mjs";

/**
 * @typedef {object} Installed
 * @property {string} name with its version
 * @property {() => Promise<void>} install does nothing when it is there already
 * @property {string[]} program
 */

/**
 * @typedef {Installed & View} Peer
 *
 * @typedef {object} View
 * @property {(session: string, page: string) => string[]} words what it is told to write a session's page
 * @property {string} fragment of the page's address
 * @property {string} message matches what is shown of a session
 */

/** @type {readonly Peer[]} */
export const PEERS = [
  {
    ...fromPypi("claude-code-log", "1.7.0"),
    words: (session, page) => ["convert", session, "--output", page],
    fragment: "",
    message: ".message.user",
  },
  {
    ...fromNpm("claude-replay", "0.9.0"),
    words: (session, page) => [session, "--output", page],
    fragment: "#turn=1r", // without it, there is only a button that plays
    message: ".turn.visible",
  },
];

/**
 * @param {string} name
 * @param {string} version
 * @returns {Installed}
 */
function fromPypi(name, version) {
  const folder = folderOf(`${name}==${version}`);
  const program = join(folder, "bin", name);
  return {
    name: `${name} ${version}`,
    program: [program],
    async install() {
      if (!existsSync(program)) {
        await run(await pythonWithPip(), ["-m", "venv", folder]);
        await run(join(folder, "bin/pip"), ["install", "--quiet", `${name}==${version}`]);
      }
    },
  };
}

/**
 * @param {string} name
 * @param {string} version
 * @returns {Installed}
 */
function fromNpm(name, version) {
  const folder = folderOf(`${name}@${version}`);
  const program = join(folder, "node_modules/.bin", name);
  return {
    name: `${name} ${version}`,
    program: [process.execPath, program],
    async install() {
      if (!existsSync(program)) {
        await mkdir(folder, { recursive: true });
        await npm(["install", "--ignore-scripts", "--prefix", folder, `${name}@${version}`]);
      }
    },
  };
}

/**
 * In a folder of its own, beside other things that may be deleted at any time.
 * @param {string} name
 */
function folderOf(name) {
  return join(cacheDir(), "peers", name);
}
