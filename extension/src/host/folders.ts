/** Which folders of this window are mirrored, and whether the user trusts them. */

import * as vscode from "vscode";

/** Absolute paths; folders of virtual workspaces have no path on this machine and no agent can run in them. */
export function mirroredFolders(): string[] {
  const folders = vscode.workspace.workspaceFolders ?? [];
  return folders.filter((folder) => folder.uri.scheme === "file").map((folder) => folder.uri.fsPath);
}

export function isTrusted(): boolean {
  return vscode.workspace.isTrusted;
}
