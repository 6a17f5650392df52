/** Whether mirroring is paused in this workspace: what the user said here, else what `autoStart` says. */

import * as vscode from "vscode";
import { Memory } from "./ids";

export class PauseHere {
  private readonly changes = new vscode.EventEmitter<boolean>();
  readonly onDidChange = this.changes.event;

  constructor(
    private readonly workspaceState: vscode.Memento,
    private readonly autoStart: () => boolean,
  ) {}

  get paused(): boolean {
    return this.workspaceState.get<boolean>(Memory.paused) ?? !this.autoStart();
  }

  async set(paused: boolean): Promise<void> {
    await this.workspaceState.update(Memory.paused, paused);
    this.changes.fire(paused);
  }

  dispose(): void {
    this.changes.dispose();
  }
}
