/** Records that show nothing by themselves, for who wants to see their raw lines. */

import type { ReplayRecord } from "../../protocol/messages";
import type { FeedLayout } from "../list/feedLayout";

export interface BookkeepingDeps {
  readonly layout: Pick<FeedLayout, "hide" | "unhide">;
  readonly record: (index: number) => ReplayRecord | undefined;
  readonly recordCount: () => number;
  /** Whether a record is under a closed fold. */
  readonly isFolded: (record: ReplayRecord) => boolean;
  readonly onChange: () => void;
}

export class Bookkeeping {
  #isShown: boolean;
  readonly #stood = new WeakMap<ReplayRecord, ReplayRecord>();

  constructor(
    private readonly deps: BookkeepingDeps,
    isShown: boolean,
  ) {
    this.#isShown = isShown;
  }

  get isShown(): boolean {
    return this.#isShown;
  }

  toggle(): void {
    this.#isShown = !this.#isShown;
    const { layout, record, recordCount } = this.deps;
    for (let index = 0; index < recordCount(); index += 1) {
      const known = record(index);
      if (known !== undefined) {
        this.place(known);
      } else if (this.#isShown) {
        // What it is will be seen once it is loaded.
        layout.unhide(index);
      }
    }
    this.deps.onChange();
  }

  /** Gives a record its room, or takes it away. */
  place(record: ReplayRecord): void {
    if ((record.events.length === 0 && !this.#isShown) || this.deps.isFolded(record)) {
      this.deps.layout.hide(record.index);
    } else {
      this.deps.layout.unhide(record.index);
    }
  }

  /** The record as it is shown: one without events with one that stands for it. */
  seen(record: ReplayRecord): ReplayRecord {
    if (record.events.length > 0 || !this.#isShown) {
      return record;
    }
    const stood = this.#stood.get(record) ?? { ...record, events: [STAND_IN] };
    this.#stood.set(record, stood);
    return stood;
  }
}

const STAND_IN: ReplayRecord["events"][number] = {
  ...{ kind: "opaque", field: 0, text: { value: "", totalChars: 0 }, format: "plain", tool: null, isError: false },
  ...{ label: "Bookkeeping", images: 0, toldImages: [], partner: null, tookMs: null, attachment: null },
};
