/** Writes down where the reader is and what stands open, for after a reload, and tells what outlives the tab. */

import type { PageState, SavedPosition } from "../../shared/pageState";
import type { FeedLayout } from "../list/feedLayout";
import type { ReplayStore } from "./replayStore";

/** Short: what is not written when the tab is hidden is lost, for the page is gone then. */
const SAVE_INTERVAL_MS = 100;

type Kept = Pick<
  ReplayStore,
  "bridge" | "snapshot" | "layout" | "recordCount" | "playback" | "panel" | "finding" | "reading" | "folds"
> &
  Pick<ReplayStore, "remembering" | "wholeRecord">;

export class Keeping {
  #timer: ReturnType<typeof setTimeout> | undefined;

  constructor(
    private readonly store: Kept,
    private readonly saved: PageState | undefined,
    /** Whether the reader is somewhere yet. */
    private readonly hasBegun: () => boolean,
  ) {}

  /** A live session begins at its end, where it happens; a finished one at its beginning. */
  firstAnchor(isLive: boolean): FeedLayout["anchor"] {
    const position = this.saved?.position;
    if (position === undefined ? isLive : position.atEnd) {
      return { kind: "end" };
    }
    return { kind: "row", index: position?.index ?? 0, offset: position?.offset ?? 0 };
  }

  soon(): void {
    this.#timer ??= setTimeout(() => this.now(), SAVE_INTERVAL_MS);
  }

  now(): void {
    clearTimeout(this.#timer);
    this.#timer = undefined;
    const { bridge, snapshot, playback, panel, finding, reading, folds, remembering } = this.store;
    if (snapshot === null) {
      return;
    }
    const here = this.#position();
    const position = this.hasBegun() ? here : (this.saved?.position ?? here);
    const played = playback.player.saved;
    const { density } = reading.work;
    const bookkeeping = reading.bookkeeping.isShown;
    bridge.saveState({
      ...{ version: 1, target: snapshot.target, position, open: folds.saved(), playback: played },
      ...{ panel: panel.saved, filter: finding.filters.saved, density, bookkeeping },
    });
    const { speed, timing } = played;
    remembering.keep({ density, panel: panel.habit, speed, timing, bookkeeping });
    if (this.hasBegun()) {
      const isMidst = !here.atEnd && here.index > 0;
      remembering.at(isMidst ? this.store.wholeRecord(here.index)?.line : null);
    }
  }

  #position(): SavedPosition {
    const { layout, recordCount } = this.store;
    const { anchor } = layout;
    return anchor.kind === "end"
      ? { index: Math.max(0, recordCount - 1), offset: 0, atEnd: true }
      : { index: anchor.index, offset: anchor.offset, atEnd: false };
  }
}
