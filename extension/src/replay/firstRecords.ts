/** The records that a page begins with, read while the editor is still making the page. */

import type { SessionInfo, Snapshot, WindowResult } from "../shared/messages";
import type { SavedPosition } from "../shared/pageState";
import { pagesOfScreen, SCREEN_RECORDS } from "../shared/pages";

type Content = Pick<Snapshot, "edition" | "opening"> & {
  readonly info: Pick<SessionInfo, "recordCount" | "isLive"> | null;
};

export interface FirstRecordsDeps {
  readonly request: (params: { readonly start: number; readonly count: number }) => Promise<WindowResult>;
  /** They were read, or can't be: the page then asks by itself. */
  readonly onSettled: () => void;
}

export class FirstRecords {
  #state: "unasked" | "asked" | "settled" = "unasked";
  #records: WindowResult | undefined;
  /** Of which content they are. */
  #of = "";

  constructor(
    private readonly deps: FirstRecordsDeps,
    /** Where the reader was before a reload. */
    private readonly position: SavedPosition | undefined,
  ) {}

  get isPending(): boolean {
    return this.#state === "asked";
  }

  /** To be told of what is open; asks once. */
  read(snapshot: Content): void {
    const { info } = snapshot;
    if (this.#state === "unasked" && info !== null && info.recordCount > 0) {
      this.#state = "asked";
      this.#of = contentOf(snapshot);
      void this.#read(this.#place(info));
    }
  }

  /** Once: later loads of the page are somewhere else. None of other content than there is now. */
  take(snapshot: Content): WindowResult | undefined {
    const records = this.#of === contentOf(snapshot) ? this.#records : undefined;
    this.#records = undefined;
    return records;
  }

  async #read(params: { readonly start: number; readonly count: number }): Promise<void> {
    this.#records = await this.deps.request(params).catch(() => undefined);
    this.#state = "settled";
    this.deps.onSettled();
  }

  #place({ recordCount, isLive }: Pick<SessionInfo, "recordCount" | "isLive">): { start: number; count: number } {
    const atEnd = this.position?.atEnd ?? isLive;
    return pagesOfScreen(atEnd ? recordCount - SCREEN_RECORDS : (this.position?.index ?? 0), recordCount);
  }
}

/** Positions stand for the same records as long as this is the same. */
function contentOf({ edition, opening }: Content): string {
  return `${edition} ${opening}`;
}
