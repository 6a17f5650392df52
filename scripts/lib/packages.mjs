// The Node side of preparing, and the system's packages where we may install them.

import { existsSync } from "node:fs";
import { readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { fingerprint, ROOT } from "./places.mjs";
import { findPython, works } from "./python.mjs";
import { npm, run, which } from "./run.mjs";

/** Installs node_modules as locked; does nothing when they already are. No package's install script is needed or run. */
export async function ensureNodeModules() {
  const stamp = join(ROOT, "node_modules/.locked");
  const wanted = fingerprint(join(ROOT, "package-lock.json"));
  if ((await readFile(stamp, "utf8").catch(() => "")) !== wanted) {
    // Not `ci`: it refuses a lock that was written where the registry lacked an optional package of some other system.
    await npm(["install", "--no-save", "--ignore-scripts"], { cwd: ROOT });
    await writeFile(stamp, wanted);
  }
}

/** Where Chromium is, when it is: `CHROMIUM` when set, else a browser on PATH. */
export function findChromium() {
  const names = ["chromium", "chromium-browser", "google-chrome", "google-chrome-stable"];
  const { CHROMIUM } = process.env;
  return CHROMIUM ?? names.map(which).find(Boolean);
}

/** Debian's packages that the tests need and this machine lacks. */
export async function missingSystemPackages() {
  const missing = [];
  if (!findChromium()) {
    missing.push("chromium");
  }
  if (!which("c++") || !which("make")) {
    missing.push("build-essential");
  }
  const python = await findPython().catch(() => undefined);
  if (!python) {
    missing.push("python3");
  }
  if (!python || !(await works(python, ["-c", "import venv, ensurepip"]))) {
    missing.push("python3-venv");
  }
  return missing;
}

/**
 * Installs Debian packages where we may: as root, with apt-get. Elsewhere says what to do.
 * @param {string[]} packages
 */
export async function installSystemPackages(packages) {
  const apt = which("apt-get");
  if (!apt || process.getuid?.() !== 0 || !existsSync("/etc/debian_version")) {
    console.log(`    Missing here: ${packages.join(", ")}. On Debian: sudo apt-get install ${packages.join(" ")}`);
    return;
  }
  const env = { ...process.env, DEBIAN_FRONTEND: "noninteractive" };
  await run(apt, ["update", "--quiet"], { env });
  await run(apt, ["install", "--yes", "--quiet", "--no-install-recommends", ...packages], { env });
}
