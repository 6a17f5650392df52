/** The session's turns as chapters: which one a record is in, and what was spent until then. Never changes. */

import type { Turn } from "../../protocol/messages";

/** Turns that follow each other, and what they cost together. */
export interface Bar {
  readonly first: number;
  readonly last: number;
  readonly tokens: number;
}

export class Turns {
  /** In the order in which they are shown. */
  readonly all: readonly Turn[];
  /** What was spent before each, and after the last. */
  readonly #spent: readonly number[];

  constructor(turns: readonly Turn[]) {
    this.all = [...turns].sort((one, other) => one.line - other.line);
    let sum = 0;
    this.#spent = [0, ...this.all.map(({ tokens }) => (sum += tokens.total))];
  }

  /** The number of the turn that a record is in, from 0; what comes before the first prompt leads to it. */
  at(index: number): number | undefined {
    let [low, high] = [0, this.all.length];
    while (low < high) {
      const middle = (low + high) >> 1;
      if ((this.all[middle]?.line ?? 0) <= index) {
        low = middle + 1;
      } else {
        high = middle;
      }
    }
    return this.all.length === 0 ? undefined : Math.max(0, low - 1);
  }

  /** Tokens until the end of a turn. */
  spentUntil(number: number): number {
    return this.#spent[number + 1] ?? 0;
  }

  /** At most so many bars, each of as many turns as the others but the last. */
  bars(atMost: number): readonly Bar[] {
    const width = Math.max(1, Math.ceil(this.all.length / atMost));
    return Array.from({ length: Math.ceil(this.all.length / width) }, (_, n) => {
      const first = n * width;
      const last = Math.min(first + width, this.all.length) - 1;
      return { first, last, tokens: this.spentUntil(last) - (this.#spent[first] ?? 0) };
    });
  }
}

/** From a turn's first record to its last; `undefined` where their times aren't known. */
export function lengthMs({ beganAtMs, endedAtMs }: Turn): number | undefined {
  return beganAtMs === null || endedAtMs === null || endedAtMs < beganAtMs ? undefined : endedAtMs - beganAtMs;
}
