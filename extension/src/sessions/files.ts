/** Shows files and folders of this machine, also where the window runs on another one. */

import { fileURLToPath } from "node:url";
import * as vscode from "vscode";

/** In the system's file manager on the desktop, else in the editor. */
export async function revealFile(path: string): Promise<void> {
  const uri = vscode.Uri.file(path);
  await vscode.commands.executeCommand(canRevealInSystem() ? "revealFileInOS" : "vscode.open", uri);
}

/** In the system's file manager on the desktop, else in a new window. */
export async function openFolder(fileUrl: string): Promise<void> {
  const uri = vscode.Uri.file(fileURLToPath(fileUrl));
  // Before the first part is written there is no folder yet.
  await vscode.workspace.fs.createDirectory(uri);
  if (canRevealInSystem()) {
    await vscode.commands.executeCommand("revealFileInOS", uri);
  } else {
    await vscode.commands.executeCommand("vscode.openFolder", uri, { forceNewWindow: true });
  }
}

function canRevealInSystem(): boolean {
  return vscode.env.uiKind === vscode.UIKind.Desktop && vscode.env.remoteName === undefined;
}
