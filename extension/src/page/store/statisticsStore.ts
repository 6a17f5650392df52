/** What the session adds up to, asked for again while it grows: soon, not at once. */

import type { StatisticsResult } from "../../shared/messages";

const INTERVAL_MS = 2000;

export interface StatisticsDeps {
  readonly request: () => Promise<StatisticsResult>;
  readonly onChange: () => void;
}

export class StatisticsStore {
  #known: StatisticsResult | undefined;
  /** Of what state of the session the figures are, or were asked for. */
  #of = "";
  #timer: ReturnType<typeof setTimeout> | undefined;
  #isAsking = false;

  constructor(private readonly deps: StatisticsDeps) {}

  get known(): StatisticsResult | undefined {
    return this.#known;
  }

  /** The session is in this state now. */
  want(state: string): void {
    if (state === this.#of || this.#timer !== undefined || this.#isAsking) {
      return;
    }
    this.#of = state;
    void this.#ask();
  }

  async #ask(): Promise<void> {
    this.#isAsking = true;
    try {
      this.#known = await this.deps.request();
    } catch {
      // The figures stay as they were; the session's next change asks again.
    }
    this.#isAsking = false;
    this.#timer = setTimeout(() => {
      this.#timer = undefined;
      this.deps.onChange();
    }, INTERVAL_MS);
    this.deps.onChange();
  }
}
