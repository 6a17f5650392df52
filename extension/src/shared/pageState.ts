/** What the page keeps over a reload: where the reader was and what stood open. Never any of the session's content. */

import { isReplayTarget } from "./guards";
import type { ReplayTarget } from "./messages";
import { type Guard, isBoolean, isCount, isNumber, isString, listOf, shape } from "./shape";

/** The most folds that are remembered, newest first. */
export const MAX_SAVED_FOLDS = 500;

export interface SavedPosition {
  readonly index: number;
  /** Pixels from the record's upper edge to the view's; negative when the record begins below it. */
  readonly offset: number;
  readonly atEnd: boolean;
}

export interface PageState {
  readonly version: 1;
  readonly target: ReplayTarget;
  readonly position: SavedPosition;
  readonly open: readonly string[];
}

const isVersion: Guard<1> = (value): value is 1 => value === 1;

export const isPageState = shape<PageState>({
  version: isVersion,
  target: isReplayTarget,
  position: shape<SavedPosition>({ index: isCount, offset: isNumber, atEnd: isBoolean }),
  open: listOf(isString),
});
