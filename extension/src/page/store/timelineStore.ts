/** The session on a time axis: the strip's stretches, chapters, and the pauses that are played shorter. */

import type { TimelineResult } from "../../protocol/messages";
import { Kept } from "./kept";

export const STRIP_BUCKETS = 200;
/** Shorter pauses are part of the work, and not worth a line. */
const TOLD_PAUSE_MS = 60_000;
/** What a longer pause is played as. */
export const PLAYED_PAUSE_MS = 10_000;

export class TimelineStore extends Kept<TimelineResult> {
  #read:
    | { readonly of: TimelineResult; readonly pauses: ReadonlyMap<number, number>; readonly turns: readonly number[] }
    | undefined;

  get durationMs(): number {
    return this.known?.durationMs ?? 0;
  }

  /** The real length of the pause before a record; `undefined` where none is worth telling. */
  pauseBefore(index: number): number | undefined {
    return this.#sorted()?.pauses.get(index);
  }

  /** Of the pause that is played around a time of the axis. */
  pauseNear(atMs: number): number | undefined {
    const reach = this.durationMs / STRIP_BUCKETS;
    const pause = this.known?.pauses.find(
      (each) => each.pauseMs >= TOLD_PAUSE_MS && atMs >= each.atMs - PLAYED_PAUSE_MS && atMs <= each.atMs + reach,
    );
    return pause?.pauseMs;
  }

  /** In which turn a time of the axis is, from 1; 0 before the first prompt. */
  turnAt(atMs: number): { readonly turn: number; readonly of: number } {
    const turns = this.#sorted()?.turns ?? [];
    let [low, high] = [0, turns.length];
    while (low < high) {
      const middle = (low + high) >> 1;
      if ((turns[middle] ?? 0) <= atMs) {
        low = middle + 1;
      } else {
        high = middle;
      }
    }
    return { turn: low, of: turns.length };
  }

  #sorted() {
    const { known } = this;
    if (known !== undefined && this.#read?.of !== known) {
      const told = known.pauses.filter(({ pauseMs }) => pauseMs >= TOLD_PAUSE_MS);
      this.#read = {
        of: known,
        pauses: new Map(told.map(({ index, pauseMs }) => [index, pauseMs])),
        turns: known.marks.filter(({ kind }) => kind === "prompt").map(({ atMs }) => atMs),
      };
    }
    return this.#read;
  }
}
