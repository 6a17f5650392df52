/** What is to be played, read from the records in memory and the time axis. */

import type { ReplayRecord, TimelineResult } from "../../protocol/messages";
import { recordMs } from "./pacing";
import type { Score, Step, Timing } from "./playback";
import { PLAYED_PAUSE_MS } from "./timelineStore";

/** So many records beyond the playhead are kept in memory. */
const AHEAD = 64;

export interface ScoreDeps {
  readonly record: (index: number) => ReplayRecord | undefined;
  readonly recordCount: () => number;
  /** More records are known to come. */
  readonly isLoading: () => boolean;
  /** A record that shows nothing, or that a filter leaves out. */
  readonly isHidden: (index: number) => boolean;
  /** The next record that isn't known to be hidden, the count of all where there is none. */
  readonly next: (index: number) => number;
  readonly timeline: () => TimelineResult | undefined;
}

export class RecordScore implements Score {
  constructor(private readonly deps: ScoreDeps) {}

  step(index: number, timing: Timing): Step | undefined {
    const record = this.deps.record(index);
    const next = this.#nextShown(index);
    if (record === undefined || next === undefined) {
      return undefined;
    }
    if (this.deps.isHidden(index)) {
      return { stayMs: 0, next: next?.index ?? null };
    }
    if (next === null || timing === "even") {
      return { stayMs: recordMs(record), next: next?.index ?? null };
    }
    return { stayMs: gapBetween(record, next), next: next.index };
  }

  atMs(index: number): number {
    return this.deps.record(index)?.atMs ?? this.#estimate(index);
  }

  /** The records that have to be in memory for playing on from here. */
  ahead(index: number): readonly number[] {
    const count = this.deps.recordCount();
    const ahead = [index];
    for (let next = this.deps.next(index); next < count && ahead.length <= AHEAD; next = this.deps.next(next)) {
      ahead.push(next);
      if (this.deps.record(next) === undefined) {
        break;
      }
    }
    return ahead;
  }

  /** Null when there is none; `undefined` when it isn't in memory. */
  #nextShown(index: number): ReplayRecord | null | undefined {
    const next = this.deps.next(index);
    return next < this.deps.recordCount() ? this.deps.record(next) : this.deps.isLoading() ? undefined : null;
  }

  /** The beginning of the stretch that the record lies in. */
  #estimate(index: number): number {
    const timeline = this.deps.timeline();
    if (timeline === undefined || timeline.buckets.length === 0) {
      return 0;
    }
    let [low, high] = [0, timeline.buckets.length];
    while (high - low > 1) {
      const middle = (low + high) >> 1;
      if ((timeline.buckets[middle]?.index ?? 0) <= index) {
        low = middle;
      } else {
        high = middle;
      }
    }
    return (low * (timeline.durationMs + 1)) / timeline.buckets.length;
  }
}

/** On the axis, or by the records' own times where that isn't measured yet; what a filter leaves out is a pause. */
function gapBetween(record: ReplayRecord, next: ReplayRecord): number {
  if (record.atMs !== null && next.atMs !== null) {
    return Math.min(PLAYED_PAUSE_MS, Math.max(0, next.atMs - record.atMs));
  }
  if (record.timeMs !== null && next.timeMs !== null) {
    return Math.min(PLAYED_PAUSE_MS, Math.max(0, next.timeMs - record.timeMs));
  }
  return recordMs(record);
}
