/** Finds the file that a session named on this machine, and opens none outside of the workspace unasked. */

import { realpath, stat } from "node:fs/promises";
import { isAbsolute, join, relative, sep } from "node:path";
import * as vscode from "vscode";
import { spelledOut } from "../host/format";
import { showInformation } from "../host/notify";

/** Undefined where there is no such file, or the reader doesn't want it opened. Says which. */
export async function fileToOpen(path: string, cwd: string | null): Promise<vscode.Uri | undefined> {
  const folders = (vscode.workspace.workspaceFolders ?? [])
    .filter((folder) => folder.uri.scheme === "file")
    .map((folder) => folder.uri.fsPath);
  const found = await firstFile(candidates(path, cwd, folders));
  if (found === undefined) {
    showInformation(
      vscode.l10n.t("{0} is not on this machine: it was deleted or moved, or the session ran elsewhere.", path),
    );
    return undefined;
  }
  return (await isInside(found, folders)) || (await agreesToLeave(found)) ? vscode.Uri.file(found) : undefined;
}

/** Where it may be: as the session said, else at the same place below a folder of this workspace. */
export function candidates(path: string, cwd: string | null, folders: readonly string[]): readonly string[] {
  const named = spelledHere(path);
  const home = cwd === null ? "" : spelledHere(cwd);
  const whole = isAbsolute(named) ? [named] : isAbsolute(home) ? [join(home, named)] : [];
  const below = isAbsolute(home) && isAbsolute(named) ? relative(home, named) : named;
  const isBelow = below !== "" && !isAbsolute(below) && below !== ".." && !below.startsWith(`..${sep}`);
  return [...whole, ...(isBelow ? folders.map((folder) => join(folder, below)) : [])];
}

/** A session of Windows, seen from another system: its drive stays a drive, its separators become ours. */
function spelledHere(path: string): string {
  return sep === "/" && /^[A-Za-z]:[\\/]/.test(path) ? `/${path.replaceAll("\\", "/")}` : path;
}

async function firstFile(paths: readonly string[]): Promise<string | undefined> {
  for (const path of paths) {
    const status = await stat(path).catch(() => undefined);
    if (status?.isFile()) {
      return path;
    }
  }
  return undefined;
}

/** By where it really is: neither `..` nor a link leads out unnoticed. */
async function isInside(path: string, folders: readonly string[]): Promise<boolean> {
  const real = await realpath(path).catch(() => undefined);
  for (const folder of folders) {
    const home = await realpath(folder).catch(() => undefined);
    if (real !== undefined && home !== undefined && real.startsWith(home.endsWith(sep) ? home : `${home}${sep}`)) {
      return true;
    }
  }
  return false;
}

async function agreesToLeave(path: string): Promise<boolean> {
  const open = vscode.l10n.t("Open");
  const question = vscode.l10n.t("Open this file? It is outside of the workspace, and was named by the session.");
  return (await vscode.window.showWarningMessage(question, { modal: true, detail: spelledOut(path) }, open)) === open;
}
