/** What the reader unfolds: long texts, sub-agents, and the records that show nothing by themselves. */

import type { ReplayTarget } from "../../shared/messages";
import type { Bridge } from "../bridge";
import type { FeedLayout } from "../list/feedLayout";
import { Bookkeeping } from "./bookkeeping";
import type { Folds } from "./folds";
import { LongTexts } from "./longTexts";
import { isOfSubAgent } from "./nesting";
import { Nests } from "./nests";
import type { Lookup } from "./pairs";
import type { TextStore } from "./textStore";

export interface ReadingDeps {
  readonly bridge: Pick<Bridge, "request">;
  readonly texts: TextStore;
  readonly folds: Folds;
  readonly layout: FeedLayout;
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

  constructor(deps: ReadingDeps) {
    const { bridge, texts, layout, target } = deps;
    this.longTexts = new LongTexts(bridge, texts, layout);
    this.bookkeeping = new Bookkeeping({ ...deps, isFolded: (record) => this.nests.isFolded(record) });
    this.nests = new Nests({
      ...deps,
      isOfSubAgent: () => isOfSubAgent(target()),
      place: (record) => this.bookkeeping.place(record),
    });
  }

  /** Gives records that were read their room, or none. */
  place(records: readonly NonNullable<ReturnType<Lookup>>[]): void {
    for (const record of records) {
      this.bookkeeping.place(record);
    }
    const last = records.at(-1);
    if (last?.isSidechain) {
      this.nests.placeAfter(last.index);
    }
  }
}
