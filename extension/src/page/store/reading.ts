/** What the reader unfolds: long texts, work, sub-agents, and the records that show nothing by themselves. */

import type { Density, ReplayTarget } from "../../shared/messages";
import type { Bridge } from "../bridge";
import type { FeedLayout } from "../list/feedLayout";
import { Answers } from "./answers";
import { Bookkeeping } from "./bookkeeping";
import type { Folds } from "./folds";
import { LongTexts } from "./longTexts";
import { isOfSubAgent } from "./nesting";
import { Nests } from "./nests";
import type { Lookup } from "./pairs";
import type { TextStore } from "./textStore";
import { Work, type WorkDeps } from "./work";

export interface ReadingDeps extends Pick<WorkDeps, "isLive" | "isFiltered" | "playhead"> {
  readonly bridge: Pick<Bridge, "request">;
  readonly texts: TextStore;
  readonly folds: Folds;
  readonly layout: FeedLayout;
  readonly density: Density;
  readonly bookkeeping: boolean;
  /** As it was read. */
  readonly record: Lookup;
  readonly recordCount: () => number;
  readonly target: () => ReplayTarget | undefined;
  readonly onChange: () => void;
}

export class Reading {
  readonly longTexts: LongTexts;
  readonly bookkeeping: Bookkeeping;
  readonly nests: Nests;
  readonly work: Work;
  readonly answers: Answers;
  readonly #layout: FeedLayout;
  #passes: (index: number) => boolean = () => true;
  #wasFiltered = false;

  constructor(private readonly deps: ReadingDeps) {
    const { bridge, texts, layout, target, density } = deps;
    this.#layout = layout;
    this.longTexts = new LongTexts(bridge, texts, layout);
    this.bookkeeping = new Bookkeeping(
      { ...deps, isFolded: (record) => this.nests.isFolded(record) },
      deps.bookkeeping,
    );
    this.nests = new Nests({
      ...deps,
      isOfSubAgent: () => isOfSubAgent(target()),
      place: (record) => this.bookkeeping.place(record),
    });
    this.work = new Work({ ...deps, apply: (first) => this.#apply(first) }, density);
    this.answers = new Answers({ ...deps, isUnderLine: (index) => this.work.closedAt(index) !== undefined });
  }

  /** Hides and shows records from one on, as the reader's filter says. */
  filterFrom(first: number, passes: (index: number) => boolean): void {
    this.#passes = passes;
    if (this.#wasFiltered !== this.deps.isFiltered()) {
      this.#wasFiltered = !this.#wasFiltered;
      this.nests.filterChanged();
    }
    this.#apply(first);
  }

  /** Opens what a record is under: the reader is sent there. */
  reveal(index: number): void {
    this.work.reveal(index);
    this.nests.reveal(index);
  }

  /** Whether there is nothing of a record to be played; work is played although it is folded. */
  isUnplayed(index: number): boolean {
    const isSeen = this.answers.isAway(index) || this.work.closedAt(index) !== undefined;
    return isSeen ? this.#layout.isEmpty(index) : this.#layout.isHidden(index);
  }

  /** The next record that is played, the count of all where there is none. */
  nextPlayed(index: number): number {
    const last = this.work.closedAt(index)?.last ?? index;
    for (let next = index + 1; next <= last; next += 1) {
      if (!this.#layout.isEmpty(next)) {
        return next;
      }
    }
    const next = this.#layout.next(last);
    return this.answers.between(last, next) ?? next;
  }

  /** Gives records that were read their room, or none. */
  place(records: readonly NonNullable<ReturnType<Lookup>>[]): void {
    for (const record of records) {
      this.nests.note(record);
      this.bookkeeping.place(record);
    }
    this.answers.note(records);
    const last = records.at(-1);
    if (last?.isSidechain) {
      this.nests.placeAfter(last.index);
    }
  }

  #apply(first: number): void {
    const { work, answers } = this;
    this.#layout.filterFrom(first, (index) => this.#passes(index) && !work.isFolded(index) && !answers.isAway(index));
  }
}
