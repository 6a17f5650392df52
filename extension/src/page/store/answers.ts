/**
 * Results that stand apart from their calls, because several ran side by side: each is drawn right below its own call,
 * and the row where it stands takes no room.
 */

import type { ReplayEvent, ReplayRecord } from "../../protocol/messages";
import type { FeedLayout } from "../list/feedLayout";
import { areJoined, type Found, type Lookup, partnerOf } from "./pairs";

export interface AnswersDeps {
  readonly layout: Pick<FeedLayout, "anchor" | "hold" | "mask">;
  readonly record: Lookup;
  /** A filter shows single records, where they stand. */
  readonly isFiltered: () => boolean;
  /** Whether nothing is to be seen of a record but the line of the work that it is part of. */
  readonly isUnderLine: (index: number) => boolean;
}

/** A result this many records below its call is news of its own. */
const FARTHEST = 400;

export class Answers {
  /** By a result's record, the call's. */
  readonly #calls = new Map<number, number>();

  constructor(private readonly deps: AnswersDeps) {}

  /** Whether a record is drawn elsewhere: below the calls that it answers. */
  isAway(index: number): boolean {
    const call = this.#calls.get(index);
    const { isFiltered, isUnderLine } = this.deps;
    return call !== undefined && !isFiltered() && !isUnderLine(call) && !isUnderLine(index);
  }

  /** The row that a record is drawn in. */
  rowOf(index: number): number {
    return this.isAway(index) ? (this.#calls.get(index) ?? index) : index;
  }

  /** The result that is drawn below a call, away from where it stands. */
  below(record: ReplayRecord, event: ReplayEvent): Found | undefined {
    return event.kind !== "toolResult" && event.partner !== null && this.isAway(event.partner)
      ? partnerOf(this.deps.record, { record, event })
      : undefined;
  }

  /** The first record after one and before another that is drawn elsewhere. */
  between(index: number, end: number): number | undefined {
    if (this.#calls.size === 0 || this.deps.isFiltered()) {
      return undefined;
    }
    for (let at = index + 1; at < Math.min(end, index + FARTHEST); at += 1) {
      if (this.isAway(at)) {
        return at;
      }
    }
    return undefined;
  }

  /** Records that were read. */
  note(records: readonly ReplayRecord[]): void {
    for (const record of records) {
      this.#place(record);
      for (const { kind, partner } of record.events) {
        const answer = kind === "toolResult" || partner === null ? undefined : this.deps.record(partner);
        if (answer !== undefined && answer !== record) {
          this.#place(answer);
        }
      }
    }
  }

  /** Other content: what was known of the old one means nothing. */
  clear(): void {
    this.#calls.clear();
  }

  #place(record: ReplayRecord): void {
    const { index } = record;
    const wasAway = this.isAway(index);
    const call = this.#callOf(record);
    if (call === undefined) {
      this.#calls.delete(index);
    } else {
      this.#calls.set(index, call);
    }
    const isAway = this.isAway(index);
    if (isAway === wasAway) {
      return;
    }
    const { layout } = this.deps;
    layout.mask(index, isAway);
    if (isAway && layout.anchor.kind === "row" && layout.anchor.index === index) {
      layout.hold(layout.anchor);
    }
  }

  /** The record of the calls that a record answers, if it does nothing else and stands apart from them. */
  #callOf(record: ReplayRecord): number | undefined {
    const { record: lookup } = this.deps;
    const calls = record.events.map((event) => {
      const call = event.kind === "toolResult" ? partnerOf(lookup, { record, event }) : undefined;
      // A call leads to its last result: an earlier one stays where it is.
      const isItsResult = call !== undefined && call.event.partner === record.index && isNear(call, record);
      const isApart = isItsResult && !areJoined(lookup, call, { record, event });
      return isApart ? call.record.index : undefined;
    });
    return calls.includes(undefined) ? undefined : calls[0];
  }
}

function isNear({ record: call }: Found, answer: ReplayRecord): boolean {
  const distance = answer.index - call.index;
  return distance > 0 && distance <= FARTHEST && call.isSidechain === answer.isSidechain;
}
