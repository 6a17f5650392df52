// The Python side of preparing: an interpreter, pip, and the locked virtual environment for development.

import { existsSync } from "node:fs";
import { readFile, rm, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { cacheDir, fingerprint, inVenv, ROOT, VENV } from "./places.mjs";
import { Failure, run, which } from "./run.mjs";

const NEWEST = 14;
const OLDEST = 10;
const PROBE = `import sys; print("%d.%d" % sys.version_info[:2]); sys.exit(sys.version_info < (3, ${OLDEST}))`;
const VENV_REMEDY =
  "Python can't make virtual environments here. On Debian and Ubuntu: sudo apt-get install python3-venv";

/**
 * An interpreter of version 3.10 or newer: `PYTHON` when set, else the first that fits on PATH.
 * @returns {Promise<string>}
 */
export async function findPython() {
  const minors = Array.from({ length: NEWEST - OLDEST + 1 }, (_, index) => `python3.${NEWEST - index}`);
  const { PYTHON } = process.env;
  const names = PYTHON ? [PYTHON] : ["python3", "python", ...minors];
  for (const name of names) {
    const path = existsSync(name) ? name : which(name);
    if (path && (await works(path, ["-c", PROBE]))) {
      return path;
    }
  }
  throw new Failure(
    `No Python 3.${OLDEST} or newer was found (looked for ${names.join(", ")}).\n` +
      "Install one (Debian and Ubuntu: sudo apt-get install python3), or name it: PYTHON=/path/to/python3 npm start",
  );
}

/**
 * An interpreter that has pip: the development environment's, the system's, or one made in the cache.
 * @returns {Promise<string>}
 */
export async function pythonWithPip() {
  const system = await findPython();
  for (const python of [inVenv("python"), system]) {
    if (existsSync(python) && (await works(python, ["-m", "pip", "--version"]))) {
      return python;
    }
  }
  const venv = join(cacheDir(), "pip");
  await makeVenv(system, venv);
  return process.platform === "win32" ? join(venv, "Scripts/python.exe") : join(venv, "bin/python");
}

/** Makes `.venv` what requirements/dev.txt says; does nothing when it already is. */
export async function ensureVenv() {
  const stamp = join(VENV, ".locked");
  const wanted = fingerprint(join(ROOT, "requirements/dev.txt"), join(ROOT, "pyproject.toml"));
  const current = await readFile(stamp, "utf8").catch(() => "");
  const python = inVenv("python");
  if (current === wanted && existsSync(python)) {
    return;
  }
  if (!existsSync(python) || !(await works(python, ["-m", "pip", "--version"]))) {
    await makeVenv(await findPython(), VENV);
  }
  const install = ["-m", "pip", "install", "--quiet", "--disable-pip-version-check", "--no-input", "--no-deps"];
  await run(python, [...install, "--require-hashes", "--requirement", join(ROOT, "requirements/dev.txt")]);
  await run(python, [...install, "--no-build-isolation", "--editable", ROOT]);
  await writeFile(stamp, wanted);
}

/**
 * @param {string} python
 * @param {string} folder
 */
async function makeVenv(python, folder) {
  await rm(folder, { recursive: true, force: true });
  await run(python, ["-m", "venv", folder], { remedy: VENV_REMEDY });
}

/**
 * @param {string} python
 * @param {string[]} args
 */
export async function works(python, args) {
  try {
    await run(python, args, { timeoutMs: 30_000 });
    return true;
  } catch {
    return false;
  }
}
