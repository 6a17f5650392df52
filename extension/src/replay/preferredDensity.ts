/** How much of the work the reader chose to see last: what tabs begin with that are opened later. */

import type * as vscode from "vscode";
import { Memory } from "../host/ids";
import { isDensity } from "../shared/guards";
import type { Density } from "../shared/messages";

export class PreferredDensity {
  constructor(private readonly memory: vscode.Memento) {}

  get preferred(): Density {
    const remembered = this.memory.get<unknown>(Memory.density);
    return isDensity(remembered) ? remembered : "full";
  }

  async prefer(density: Density): Promise<void> {
    await this.memory.update(Memory.density, density);
  }
}
