// Where things are: the checkout, and the cache that outlives it.

import { createHash } from "node:crypto";
import { readFileSync } from "node:fs";
import { homedir } from "node:os";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";

export const ROOT = dirname(dirname(dirname(fileURLToPath(import.meta.url))));
export const VSIX = join(ROOT, "dist/session-mirror.vsix");
export const VENV = join(ROOT, ".venv");

/** Downloads and built tools; safe to delete at any time. */
export function cacheDir() {
  const { SESSION_MIRROR_CACHE: chosen, XDG_CACHE_HOME: xdg, LOCALAPPDATA: local } = process.env;
  if (chosen) {
    return chosen;
  }
  const base = xdg || (process.platform === "win32" && local) || join(homedir(), ".cache");
  return join(base, "session-mirror");
}

/**
 * A short fingerprint of files' contents, such as locks.
 * @param {string[]} files
 */
export function fingerprint(...files) {
  const hash = createHash("sha256");
  for (const file of files) {
    hash.update(readFileSync(file));
  }
  return hash.digest("hex").slice(0, 16);
}

/** @param {"python"} program */
export function inVenv(program) {
  return process.platform === "win32" ? join(VENV, "Scripts", `${program}.exe`) : join(VENV, "bin", program);
}
