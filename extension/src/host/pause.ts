/** Whether mirroring is paused in this workspace: what the user said here, else what the `autoStart` setting says. */

import * as vscode from "vscode";
import { Memory, Setting } from "./ids";
import { onDidChangeSettings, readSettings } from "./settings";

export class PauseHere {
  private readonly changes = new vscode.EventEmitter<boolean>();
  readonly onDidChange = this.changes.event;
  private readonly listening: vscode.Disposable;

  constructor(private readonly workspaceState: vscode.Memento) {
    this.listening = onDidChangeSettings((affects) => {
      if (affects(Setting.autoStart)) {
        this.changes.fire(this.paused);
      }
    });
  }

  get paused(): boolean {
    return this.workspaceState.get<boolean>(Memory.paused) ?? !readSettings().autoStart;
  }

  async set(paused: boolean): Promise<void> {
    await this.workspaceState.update(Memory.paused, paused);
    this.changes.fire(paused);
  }

  dispose(): void {
    this.listening.dispose();
    this.changes.dispose();
  }
}
