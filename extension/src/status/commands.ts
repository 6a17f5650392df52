/** The commands on mirroring as a whole. */

import * as vscode from "vscode";
import type { Helper } from "../helper/compose";
import { Command } from "../host/ids";
import type { PauseHere } from "../host/pause";
import type { MirrorStatus } from "./item";

export interface MirrorCommandDeps {
  readonly helper: Helper;
  readonly pause: PauseHere;
  readonly status: MirrorStatus;
  readonly log: vscode.LogOutputChannel;
  readonly connectBucket: () => Promise<void>;
  /** As in package.json: `publisher.name`. */
  readonly extensionId: string;
}

export function registerMirrorCommands(deps: MirrorCommandDeps): vscode.Disposable {
  const { helper, pause, status, log } = deps;
  const handlers: Partial<Record<Command, () => unknown>> = {
    [Command.connectBucket]: deps.connectBucket,
    [Command.pauseHere]: () => pause.set(true),
    [Command.resumeHere]: () => pause.set(false),
    [Command.chooseInterpreter]: () => helper.chooseInterpreter(),
    [Command.restartHelper]: () => helper.client.restart(),
    [Command.showMenu]: () => status.showMenu(),
    [Command.showLog]: () => log.show(),
    [Command.openSettings]: () =>
      vscode.commands.executeCommand("workbench.action.openSettings", `@ext:${deps.extensionId}`),
  };
  const registered = Object.entries(handlers).map(([id, run]) => vscode.commands.registerCommand(id, run));
  return vscode.Disposable.from(...registered);
}
