/** Keeps how the reader likes replays, for tabs that are opened later, in this window and in others. */

import type * as vscode from "vscode";
import { Memory } from "../host/ids";
import { type Habits, isHabits } from "../shared/habits";

export class HabitsMemory {
  constructor(private readonly memory: vscode.Memento) {}

  get current(): Habits {
    const remembered = this.memory.get<unknown>(Memory.habits);
    return isHabits(remembered) ? remembered : {};
  }

  async change(habits: Habits): Promise<void> {
    await this.memory.update(Memory.habits, { ...this.current, ...habits });
  }
}
