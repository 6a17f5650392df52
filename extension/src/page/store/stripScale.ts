/**
 * Where on the strip a place of the session is: by its time as far as the axis was measured, and by its number beyond
 * that. So a large session's strip has all of it from the beginning on, and fills from the left.
 */

import type { TimelineResult } from "../../protocol/messages";

/** A time of the axis, or a record of which the time isn't known yet. */
export type StripPlace = { readonly atMs: number } | { readonly index: number };

export class StripScale {
  readonly #durationMs: number;
  /** Records that have their time. */
  readonly #timed: number;

  constructor(
    timeline: Pick<TimelineResult, "durationMs" | "recordCount" | "isComplete"> | undefined,
    private readonly recordCount: number,
    /** The playhead may be ahead of what was measured in a live session. */
    playedMs = 0,
  ) {
    this.#timed = timeline?.isComplete ? recordCount : Math.min(recordCount, timeline?.recordCount ?? 0);
    this.#durationMs = Math.max(timeline?.durationMs ?? 0, this.share === 1 ? playedMs : 0);
  }

  /** Of the strip that is by time, from 0 to 1. */
  get share(): number {
    return this.recordCount === 0 ? 0 : this.#timed / this.recordCount;
  }

  placeAt(share: number): StripPlace {
    const within = Math.min(1, Math.max(0, share));
    if (within <= this.share) {
      return { atMs: this.share === 0 ? 0 : (within / this.share) * this.#durationMs };
    }
    return { index: Math.min(this.recordCount - 1, Math.floor(within * this.recordCount)) };
  }

  /** From 0 to 1. */
  shareOf(index: number, atMs: number): number {
    if (index >= this.#timed) {
      return this.recordCount === 0 ? 0 : Math.min(1, index / this.recordCount);
    }
    return this.#durationMs === 0 ? 0 : Math.min(1, Math.max(0, atMs / this.#durationMs)) * this.share;
  }
}
