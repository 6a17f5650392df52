/** The records in the page's memory: by pages, the least recently wanted dropped first. */

import type { ReplayRecord } from "../../protocol/messages";
import { PAGE_RECORDS } from "../../shared/pages";
import { answered, answersIn } from "./answering";

export interface CacheLimits {
  readonly maxPages: number;
  /** Of text, in UTF-16 units: a page of huge records counts as much as it weighs. */
  readonly maxChars: number;
}

interface Page {
  /** From the page's first record on, without holes. */
  readonly records: ReplayRecord[];
  chars: number;
  /** Read before the session was opened again: shown until it is replaced. */
  stale: boolean;
}

export function pageOf(index: number): number {
  return Math.floor(index / PAGE_RECORDS);
}

function weigh(record: ReplayRecord): number {
  return record.events.reduce((sum, event) => sum + event.text.value.length, 0);
}

export class RecordCache {
  /** In the order of their last use. */
  readonly #pages = new Map<number, Page>();
  /** Where work is folded to lines, each row may be of another page: dropped, they would be asked for again and again. */
  #inSight: ReadonlySet<number> = new Set();
  #chars = 0;

  constructor(private readonly limits: CacheLimits) {}

  get pageCount(): number {
    return this.#pages.size;
  }

  get(index: number): ReplayRecord | undefined {
    return this.#pages.get(pageOf(index))?.records[index % PAGE_RECORDS];
  }

  /** The first record of a page that has to be asked for, `undefined` when nothing is missing. */
  missingFrom(page: number, recordCount: number): number | undefined {
    const start = page * PAGE_RECORDS;
    const cached = this.#pages.get(page);
    const have = cached === undefined || cached.stale ? 0 : cached.records.length;
    return start + have < Math.min(start + PAGE_RECORDS, recordCount) ? start + have : undefined;
  }

  /** The pages of which nothing is missing. */
  wholePages(recordCount: number): readonly number[] {
    return [...this.#pages.keys()].filter((page) => this.missingFrom(page, recordCount) === undefined);
  }

  /** Marks pages as used, so that others are dropped, whatever these weigh. */
  touch(pages: readonly number[]): void {
    this.#inSight = new Set(pages);
    for (const number of pages) {
      const page = this.#pages.get(number);
      if (page !== undefined) {
        this.#pages.delete(number);
        this.#pages.set(number, page);
      }
    }
  }

  /** Takes records that continue their page; what doesn't join on is ignored. */
  put(records: readonly ReplayRecord[]): void {
    for (const record of records) {
      this.#putOne(record);
    }
    this.#shrink();
  }

  /** What is there stays in sight until it was read again. */
  markStale(): void {
    for (const page of this.#pages.values()) {
      page.stale = true;
    }
  }

  clear(): void {
    this.#pages.clear();
    this.#chars = 0;
  }

  #putOne(record: ReplayRecord): void {
    const number = pageOf(record.index);
    const slot = record.index % PAGE_RECORDS;
    let page = this.#pages.get(number);
    if (page === undefined || (page.stale && slot === 0)) {
      this.#drop(number);
      page = { records: [], chars: 0, stale: false };
      this.#pages.set(number, page);
    }
    if (slot !== page.records.length || page.stale) {
      return;
    }
    const weight = weigh(record);
    page.records.push(record);
    this.#tellCalls(record);
    page.chars += weight;
    this.#chars += weight;
  }

  #tellCalls(record: ReplayRecord): void {
    for (const answer of answersIn(record)) {
      const index = answer.partner ?? 0;
      const page = this.#pages.get(pageOf(index));
      const call = page?.records[index % PAGE_RECORDS];
      if (page !== undefined && call !== undefined) {
        page.records[index % PAGE_RECORDS] = answered(call, record, answer);
      }
    }
  }

  #shrink(): void {
    for (const number of [...this.#pages.keys()]) {
      const tooMany = this.#pages.size > this.limits.maxPages;
      // A handful of pages is always kept: they are what is on the screen.
      const tooHeavy = this.#chars > this.limits.maxChars && this.#pages.size > 4;
      if (!tooMany && !tooHeavy) {
        return;
      }
      if (!this.#inSight.has(number)) {
        this.#drop(number);
      }
    }
  }

  #drop(number: number): void {
    this.#chars -= this.#pages.get(number)?.chars ?? 0;
    this.#pages.delete(number);
  }
}
