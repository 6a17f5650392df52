/** What outlives the tab: how the reader likes replays, and where this session was left. */

import type { Habits } from "../../shared/habits";
import type { Bridge } from "../bridge";

export class Remembering {
  /** What this tab began with. */
  readonly habits: Habits;
  #told: string | undefined;
  /** Undefined until it is known where the tab began. */
  #place: number | null | undefined;
  #isOffered: boolean;

  /** `isNew`: the tab is not restored, which would have its own place. */
  constructor(
    private readonly bridge: Pick<Bridge, "loadHabits" | "prefer" | "left" | "goBack">,
    isNew: boolean,
  ) {
    this.habits = bridge.loadHabits();
    this.#isOffered = isNew;
  }

  /** How it is by now: what the reader changed since is told, and so is no other tab's choice undone. */
  keep(habits: Habits): void {
    const now = JSON.stringify(habits);
    if (this.#told !== undefined && this.#told !== now) {
      const before: Habits = JSON.parse(this.#told);
      this.bridge.prefer(changed(before, habits));
    }
    this.#told = now;
  }

  /** The reader is at a line of the stream, at the beginning or the end (null), or where nothing is known (undefined). */
  at(line: number | null | undefined): void {
    if (line === undefined || line === this.#place) {
      return;
    }
    // Where a tab begins is nobody's choice: the place that was left stays known until the reader moves.
    if (this.#place !== undefined) {
      this.bridge.left(line);
    }
    this.#place = line;
  }

  /** Whether the reader may want to go back to where they left the session. */
  isOffered(leftAt: number | undefined): boolean {
    return this.#isOffered && leftAt !== undefined && leftAt !== this.#place;
  }

  goBack(): void {
    this.#isOffered = false;
    this.bridge.goBack();
  }

  dismiss(): void {
    this.#isOffered = false;
  }
}

function changed(before: Habits, now: Habits): Habits {
  const isOther = ([name, value]: [string, unknown]) =>
    JSON.stringify(value) !== JSON.stringify(Object.entries(before).find(([known]) => known === name)?.[1]);
  return Object.fromEntries(Object.entries(now).filter(isOther));
}
