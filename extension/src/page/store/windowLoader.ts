/** Fetches what the view needs: each page once, nearest first, few at a time, nothing that is no longer wanted. */

import type { PageProblem, WindowResult } from "../../shared/messages";
import { PAGE_RECORDS } from "../../shared/pages";
import { RequestError } from "../../shared/rpc";
import { pageOf, type RecordCache } from "./recordCache";

const MAX_IN_FLIGHT = 3;

export interface LoaderDeps {
  readonly cache: RecordCache;
  readonly request: (start: number, count: number) => Promise<WindowResult>;
  /** Records came in, or fetching failed. */
  readonly onChange: (loaded: WindowResult | undefined) => void;
}

export class WindowLoader {
  /** Nearest to the reader first. */
  #wanted: readonly number[] = [];
  readonly #inFlight = new Set<number>();
  #recordCount = 0;
  #problem: PageProblem | null = null;
  /** Answers to requests made before the last reset are worth nothing. */
  #era = 0;

  constructor(private readonly deps: LoaderDeps) {}

  /** Why nothing is fetched at the moment; cleared by `retry` and `reset`. */
  get problem(): PageProblem | null {
    return this.#problem;
  }

  setRecordCount(count: number): void {
    this.#recordCount = count;
    this.#pump();
  }

  /** Says which records are in sight, in ascending order; the pages around them are fetched too. */
  want(indices: readonly number[]): void {
    const seen = [...new Set(indices.map(pageOf))];
    const end = pageOf(Math.max(0, this.#recordCount - 1));
    const around = [(seen.at(-1) ?? 0) + 1, (seen[0] ?? 0) - 1].filter((page) => page >= 0 && page <= end);
    this.#wanted = [...seen, ...around];
    this.deps.cache.touch([...this.#wanted].reverse());
    this.#pump();
  }

  retry(): void {
    this.#problem = null;
    this.#pump();
  }

  /** Forgets what is under way: the session was opened again. */
  reset(): void {
    this.#era += 1;
    this.#inFlight.clear();
    this.#problem = null;
  }

  #pump(): void {
    for (const page of this.#wanted) {
      if (this.#problem !== null || this.#inFlight.size >= MAX_IN_FLIGHT) {
        return;
      }
      if (!this.#inFlight.has(page) && this.deps.cache.missingFrom(page, this.#recordCount) !== undefined) {
        void this.#fetch(page, this.#era);
      }
    }
  }

  /** An answer may hold less than was asked for: goes on until the page is full or not wanted any more. */
  async #fetch(page: number, era: number): Promise<void> {
    this.#inFlight.add(page);
    try {
      let start = this.deps.cache.missingFrom(page, this.#recordCount);
      while (start !== undefined && this.#wanted.includes(page)) {
        const end = Math.min((page + 1) * PAGE_RECORDS, this.#recordCount);
        const result = await this.deps.request(start, end - start);
        if (era !== this.#era) {
          return;
        }
        if (result.start !== start || result.records.length === 0) {
          throw new RequestError({ message: "The records can't be read.", hint: "", retryable: true });
        }
        this.deps.cache.put(result.records);
        this.deps.onChange(result);
        start = this.deps.cache.missingFrom(page, this.#recordCount);
      }
    } catch (error) {
      if (era === this.#era) {
        this.#problem = RequestError.problemOf(error);
        this.deps.onChange(undefined);
      }
    } finally {
      if (era === this.#era) {
        this.#inFlight.delete(page);
        this.#pump();
      }
    }
  }
}
