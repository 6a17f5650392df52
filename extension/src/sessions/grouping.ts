/** Whether the tree groups sessions by their agents: what the user chose last, in whichever window. */

import * as vscode from "vscode";
import { Memory } from "../host/ids";

export class Grouping {
  private readonly changes = new vscode.EventEmitter<boolean>();
  readonly onDidChange = this.changes.event;

  constructor(private readonly globalState: vscode.Memento) {}

  get isOn(): boolean {
    return this.globalState.get<boolean>(Memory.grouped) ?? false;
  }

  async set(isOn: boolean): Promise<void> {
    await this.globalState.update(Memory.grouped, isOn);
    this.changes.fire(isOn);
  }

  dispose(): void {
    this.changes.dispose();
  }
}
