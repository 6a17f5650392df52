/** What the page keeps over a reload: where the reader was and what stood open. Of the session's content only
 * the names of tools, of a file and of a call that the reader filters by. */

import { isReplayTarget } from "./guards";
import { isDensity, isPanel, isTiming } from "./habits";
import type { Density, ReplayTarget } from "./messages";
import { isSavedFilter, type SavedFilter } from "./searchGuards";
import { type Guard, isBoolean, isCount, isNumber, isString, listOf, orAbsent, shape } from "./shape";

/** The most folds that are remembered, newest first. */
export const MAX_SAVED_FOLDS = 500;

export interface SavedPosition {
  readonly index: number;
  /** Pixels from the record's upper edge to the view's; negative when the record begins below it. */
  readonly offset: number;
  readonly atEnd: boolean;
}

/** How the session is played, and where. */
export interface SavedPlayback {
  /** The record that was shown last, and for how many milliseconds of playing. */
  readonly index: number;
  readonly elapsedMs: number;
  readonly speed: number;
  readonly timing: "real" | "even";
}

export type PanelTab = "outline" | "numbers" | "files";

/** The panel beside the session; its width is in pixels. */
export interface SavedPanel {
  readonly isOpen: boolean;
  readonly tab: PanelTab;
  readonly width: number;
}

export interface PageState {
  readonly version: 1;
  readonly target: ReplayTarget;
  readonly position: SavedPosition;
  readonly open: readonly string[];
  /** Absent in what earlier versions kept. */
  readonly playback?: SavedPlayback | undefined;
  readonly panel?: SavedPanel | undefined;
  readonly filter?: SavedFilter | undefined;
  readonly density?: Density | undefined;
  readonly bookkeeping?: boolean | undefined;
}

const isVersion: Guard<1> = (value): value is 1 => value === 1;

export const isPageState = shape<PageState>({
  version: isVersion,
  target: isReplayTarget,
  position: shape<SavedPosition>({ index: isCount, offset: isNumber, atEnd: isBoolean }),
  open: listOf(isString),
  panel: orAbsent(isPanel),
  filter: orAbsent(isSavedFilter),
  density: orAbsent(isDensity),
  bookkeeping: orAbsent(isBoolean),
  playback: orAbsent(
    shape<SavedPlayback>({
      index: isCount,
      elapsedMs: isNumber,
      speed: isNumber,
      timing: isTiming,
    }),
  ),
});
