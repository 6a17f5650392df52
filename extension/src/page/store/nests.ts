/** Sub-agents in the midst of another session, each under a fold of its own: of one that is closed only the task is shown. */

import type { ReplayRecord } from "../../protocol/messages";
import { isTime } from "../format";
import type { FeedLayout } from "../list/feedLayout";
import type { Folds } from "./folds";
import type { Lookup } from "./pairs";

export interface NestsDeps {
  readonly folds: Folds;
  readonly layout: Pick<FeedLayout, "unhide">;
  readonly record: Lookup;
  readonly recordCount: () => number;
  /** The session is a sub-agent's own: nothing in it is nested. */
  readonly isOfSubAgent: () => boolean;
  /** Then what passes the filter is shown, wherever it is. */
  readonly isFiltered: () => boolean;
  /** Gives a record its room, or takes it away. */
  readonly place: (record: ReplayRecord) => void;
  readonly onChange: () => void;
}

/** What is under a fold, as far as it is in memory. */
export interface NestSize {
  readonly records: number;
  readonly tookMs: number;
}

/** A sub-agent that says more is looked at from here on only. */
const LONGEST = 20_000;

export class Nests {
  /** Records that are of one, as far as they were read. */
  readonly #nested = new Set<number>();

  constructor(private readonly deps: NestsDeps) {}

  /** Where the sub-agent begins that a record belongs to; undefined for one of the session itself, or when nobody knows. */
  headOf(record: ReplayRecord): number | undefined {
    if (!record.isSidechain || this.deps.isOfSubAgent()) {
      return undefined;
    }
    let head = record.index;
    for (let index = record.index - 1; index >= Math.max(0, record.index - LONGEST); index -= 1) {
      const before = this.deps.record(index);
      if (before === undefined) {
        return undefined;
      }
      if (before.events.length > 0) {
        if (!before.isSidechain) {
          return head;
        }
        head = index;
      }
    }
    return head;
  }

  isOpen(head: number): boolean {
    return this.deps.folds.isOpen(keyOf(head));
  }

  /** Whether a record is under a closed fold. */
  isFolded(record: ReplayRecord): boolean {
    const head = this.headOf(record);
    return head !== undefined && head !== record.index && !this.isOpen(head) && !this.deps.isFiltered();
  }

  /** Whether the fold's own line stands above a record. */
  isHead(record: ReplayRecord): boolean {
    return !this.deps.isFiltered() && this.headOf(record) === record.index;
  }

  /** A record was read. */
  note(record: ReplayRecord): void {
    if (record.isSidechain && !this.deps.isOfSubAgent()) {
      this.#nested.add(record.index);
    }
  }

  /** Folds count from now on, or no more. */
  filterChanged(): void {
    for (const index of this.#nested) {
      const record = this.deps.record(index);
      if (record === undefined) {
        this.deps.layout.unhide(index);
      } else {
        this.deps.place(record);
      }
    }
  }

  toggle(head: number): void {
    this.deps.folds.toggle(keyOf(head));
    this.placeAfter(head);
    this.deps.onChange();
  }

  /** Opens what a record is under: the reader goes there. */
  reveal(index: number): void {
    const record = this.deps.record(index);
    const head = record && this.headOf(record);
    if (head !== undefined && head !== index && !this.isOpen(head)) {
      this.toggle(head);
    }
  }

  /** Places the records of a sub-agent anew that come after one. */
  placeAfter(index: number): void {
    const end = Math.min(this.deps.recordCount(), index + LONGEST);
    for (let at = index + 1; at < end; at += 1) {
      const record = this.deps.record(at);
      if (record === undefined) {
        // What it is will be seen once it is loaded again.
        this.deps.layout.unhide(at);
      } else if (record.events.length > 0 && !record.isSidechain) {
        return;
      } else {
        this.deps.place(record);
      }
    }
  }

  sizeOf(head: number): NestSize {
    let records = 0;
    let [first, last] = [Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY];
    for (let index = head; index < head + LONGEST; index += 1) {
      const record = this.deps.record(index);
      if (record === undefined || (record.events.length > 0 && !record.isSidechain)) {
        break;
      }
      if (record.events.length > 0 && isTime(record.timeMs)) {
        first = Math.min(first, record.timeMs);
        last = Math.max(last, record.timeMs);
      }
      records += record.events.length > 0 ? 1 : 0;
    }
    return { records, tookMs: Math.max(0, last - first) };
  }
}

function keyOf(head: number): string {
  return `nest:${head}`;
}
