/** Said once, on the first start ever: what is kept, where, and how to change that. */

import * as vscode from "vscode";
import type { MirrorConfiguration } from "../helper/configuration";
import { mirroredFolders } from "../host/folders";
import { oneLine } from "../host/format";
import { Command, Memory } from "../host/ids";
import type { PauseHere } from "../host/pause";
import { readSettings } from "../host/settings";
import type { MirrorConfigureResult } from "../protocol/messages";

/** Waits for the first configuration that really mirrors something, so that what it says is true. */
export function welcomeOnce(
  globalState: vscode.Memento,
  configuration: MirrorConfiguration,
  pause: PauseHere,
): vscode.Disposable {
  return configuration.onDidConfigure(async ({ result }) => {
    const mirrors = result !== undefined && !pause.paused && mirroredFolders().length > 0;
    if (!mirrors || globalState.get<boolean>(Memory.welcomed) === true) {
      return;
    }
    await globalState.update(Memory.welcomed, true);
    await welcome(result);
  });
}

async function welcome(result: MirrorConfigureResult): Promise<void> {
  const connect = vscode.l10n.t("Connect a Bucket…");
  const pause = vscode.l10n.t("Pause Here");
  const answer = await vscode.window.showInformationMessage(message(result), connect, pause);
  if (answer === connect) {
    await vscode.commands.executeCommand(Command.connectBucket);
  } else if (answer === pause) {
    await vscode.commands.executeCommand(Command.pauseHere);
  }
}

function message(result: MirrorConfigureResult): string {
  const where = oneLine(result.destinationLabel, 200);
  const kept = readSettings().redact
    ? vscode.l10n.t("Session Mirror keeps your agents' sessions, with recognised secrets masked, in {0}.", where)
    : vscode.l10n.t("Session Mirror keeps your agents' sessions, unredacted, in {0}.", where);
  return result.isLocal ? `${kept} ${vscode.l10n.t("Nothing leaves this machine until you connect a bucket.")}` : kept;
}
