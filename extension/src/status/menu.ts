/** The menu behind the status bar item. */

import * as vscode from "vscode";
import { Command } from "../host/ids";
import type { Status } from "./present";

interface Action extends vscode.QuickPickItem {
  readonly command: Command;
}

export async function showMenu(status: Status, destination: "local" | "remote" | undefined): Promise<void> {
  const fitting = status.actions.filter((command) => command !== Command.openMirrorFolder || destination === "local");
  const items = fitting.map((command): Action => ({ label: labelOf(command), command }));
  const picked = await vscode.window.showQuickPick(items, { title: "Session Mirror", placeHolder: status.headline });
  if (picked !== undefined) {
    await vscode.commands.executeCommand(picked.command);
  }
}

/** Only the commands that a status offers have a label. */
function labelOf(command: Command): string {
  switch (command) {
    case Command.openReplay:
      return vscode.l10n.t("$(play) Open Replay…");
    case Command.replayFromBucket:
      return vscode.l10n.t("$(cloud-download) Replay from Bucket…");
    case Command.connectBucket:
      return vscode.l10n.t("$(plug) Connect a Bucket…");
    case Command.openMirrorFolder:
      return vscode.l10n.t("$(folder-opened) Open Mirror Folder");
    case Command.pauseHere:
      return vscode.l10n.t("$(debug-pause) Pause Mirroring Here");
    case Command.resumeHere:
      return vscode.l10n.t("$(debug-start) Resume Mirroring Here");
    case Command.chooseInterpreter:
      return vscode.l10n.t("$(file-binary) Choose Interpreter…");
    case Command.restartHelper:
      return vscode.l10n.t("$(debug-restart) Restart Helper");
    case Command.refreshSessions:
      return vscode.l10n.t("$(refresh) Refresh Sessions");
    case Command.openSettings:
      return vscode.l10n.t("$(gear) Open Settings");
    case Command.showLog:
      return vscode.l10n.t("$(output) Show Log");
    default:
      return command;
  }
}
