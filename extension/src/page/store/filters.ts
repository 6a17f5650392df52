/** What the reader wants to see, and which records that is in: told by the helper in pages, kept as one byte for each. */

import type { ReplayFilter, ReplayFilterResult, ReplayRecord } from "../../protocol/messages";
import type { FilterRequest } from "../../shared/messages";
import type { SavedFilter } from "../../shared/searchGuards";
import { EventFilter } from "./eventFilter";
import type { Found, Lookup } from "./pairs";

export type FilterChoice = Required<ReplayFilter>;

export const NO_FILTER: FilterChoice = {
  hiddenKinds: [],
  tools: [],
  path: null,
  errorsOnly: false,
  agents: "all",
  agent: null,
};

const BLOCK = 1024;
const APPLIED_EVERY_MS = 1500;

export interface FiltersDeps {
  readonly request: (request: FilterRequest) => Promise<ReplayFilterResult>;
  readonly recordCount: () => number;
  /** With all its events. */
  readonly record: Lookup;
  /** Hides and shows records from one on. */
  readonly apply: (first: number, isShown: (index: number) => boolean) => void;
  /** The reader chose something else. */
  readonly onChoice: () => void;
  readonly onChange: () => void;
}

export class Filters {
  isMenuOpen = false;
  #choice: FilterChoice;
  #events: EventFilter;
  #shown = new Uint8Array(0);
  /** How many are shown of each block of records. */
  #inBlock: number[] = [];
  #until = 0;
  #shownCount = 0;
  #problem = "";
  #state = "";
  #era = "";
  /** Answers to what was asked under an older one are worth nothing. */
  #turn = 0;

  constructor(
    private readonly deps: FiltersDeps,
    saved: SavedFilter | undefined,
  ) {
    this.#choice = { ...NO_FILTER, ...saved };
    this.#events = new EventFilter(this.#choice, deps.record);
  }

  get choice(): FilterChoice {
    return this.#choice;
  }

  get isActive(): boolean {
    const { hiddenKinds, tools, path, errorsOnly, agents, agent } = this.#choice;
    const isOfSome = path !== null || agents !== "all" || agent !== null;
    return hiddenKinds.length > 0 || tools.length > 0 || errorsOnly || isOfSome;
  }

  get saved(): FilterChoice | undefined {
    return this.isActive ? this.#choice : undefined;
  }

  /** Of the records looked at so far. */
  get shownCount(): number {
    return this.#shownCount;
  }

  /** Where a record stands among those that are shown, from 1, and how many those are. */
  standingAt(index: number): { readonly position: number; readonly count: number } {
    return this.isActive
      ? { position: this.#shownBefore(index) + 1, count: this.#shownCount }
      : { position: index + 1, count: this.deps.recordCount() };
  }

  #shownBefore(index: number): number {
    let count = 0;
    const end = Math.min(index, this.#until);
    const block = Math.floor(end / BLOCK);
    for (let at = 0; at < block; at += 1) {
      count += this.#inBlock[at] ?? 0;
    }
    for (let at = block * BLOCK; at < end; at += 1) {
      count += this.#shown[at] ?? 0;
    }
    return count;
  }

  /** Whether a record is known to be left out, or not known to be shown yet. */
  hides(index: number): boolean {
    return this.isActive && this.#problem === "" && (index >= this.#until || this.#shown[index] !== 1);
  }

  /** A record with the events of it that are shown. */
  seen(record: ReplayRecord): ReplayRecord {
    return this.isActive && this.#problem === "" ? this.#events.seen(record) : record;
  }

  /** Whether an event is among those that are shown. */
  shows({ record, event }: Found): boolean {
    return !this.hides(record.index) && this.seen(record).events.includes(event);
  }

  /** Whether all records were looked at. */
  get isComplete(): boolean {
    return this.#until >= this.deps.recordCount();
  }

  /** Why it isn't known what is shown; empty when it is. */
  get problem(): string {
    return this.#problem;
  }

  toggleMenu(isOpen = !this.isMenuOpen): void {
    this.isMenuOpen = isOpen;
    this.deps.onChange();
  }

  choose(change: Partial<FilterChoice>): void {
    this.#choice = { ...this.#choice, ...change };
    this.#events = new EventFilter(this.#choice, this.deps.record);
    this.deps.onChoice();
    this.#begin();
  }

  clear(): void {
    this.choose(NO_FILTER);
  }

  /** The session is in this state now; in another era its records stand elsewhere, or are others. */
  sessionAt(state: string, era: string): void {
    if (era !== this.#era) {
      this.#era = era;
      this.#state = state;
      this.#begin();
    } else if (state !== this.#state) {
      this.#state = state;
      if (this.isActive) {
        // What came is hidden until it is known.
        this.#apply(this.#until);
        void this.#goOn(++this.#turn, this.#until);
      }
    }
  }

  #begin(): void {
    this.#inBlock = [];
    this.#until = 0;
    this.#shownCount = 0;
    this.#problem = "";
    this.#turn += 1;
    if (this.isActive) {
      void this.#goOn(this.#turn, 0);
    } else {
      this.#apply(0);
    }
  }

  async #goOn(turn: number, first: number): Promise<void> {
    try {
      let goesOn = true;
      let applyAt = 0;
      while (goesOn) {
        const page = await this.deps.request({ filter: this.#choice, start: this.#until });
        if (turn !== this.#turn) {
          return;
        }
        goesOn = page.until > this.#until;
        this.#take(page);
        // Many records with several events take a while: what is known by now can be read meanwhile.
        if (goesOn && performance.now() >= applyAt) {
          this.#apply(first);
          applyAt = performance.now() + APPLIED_EVERY_MS;
        }
      }
      this.#problem = "";
    } catch (error) {
      if (turn !== this.#turn) {
        return;
      }
      this.#problem = error instanceof Error ? error.message : String(error);
    }
    this.#apply(first);
  }

  #take({ start, until, runs }: ReplayFilterResult): void {
    if (until > this.#shown.length) {
      const grown = new Uint8Array(Math.max(until, this.#shown.length * 2));
      grown.set(this.#shown.subarray(0, start));
      this.#shown = grown;
    }
    this.#shown.fill(0, start, until);
    for (let at = 0; at + 1 < runs.length; at += 2) {
      const [begin = 0, length = 0] = runs.slice(at, at + 2);
      this.#shown.fill(1, begin, begin + length);
      this.#shownCount += length;
      for (let next = begin; next < begin + length; next += BLOCK - (next % BLOCK)) {
        const block = Math.floor(next / BLOCK);
        this.#inBlock[block] = (this.#inBlock[block] ?? 0) + Math.min(begin + length - next, BLOCK - (next % BLOCK));
      }
    }
    this.#until = until;
  }

  #apply(first: number): void {
    this.deps.apply(first, (index) => !this.hides(index));
    this.deps.onChange();
  }
}
