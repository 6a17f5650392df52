/** How the reader likes replays: what tabs begin with that are opened later. Nothing of it is about a session. */

import type { Density } from "./messages";
import type { SavedPanel, SavedPlayback } from "./pageState";
import { type Guard, isBoolean, isNumber, oneOf, orAbsent, shape } from "./shape";

/** What was never chosen is absent. */
export interface Habits {
  readonly density?: Density | undefined;
  readonly panel?: SavedPanel | undefined;
  readonly speed?: number | undefined;
  readonly timing?: SavedPlayback["timing"] | undefined;
  readonly bookkeeping?: boolean | undefined;
}

export const isDensity: Guard<Density> = oneOf("full", "compact");

export const isTiming: Guard<SavedPlayback["timing"]> = oneOf("real", "even");

export const isPanel = shape<SavedPanel>({
  isOpen: isBoolean,
  tab: oneOf("outline", "numbers", "files"),
  width: isNumber,
});

export const isHabits = shape<Habits>({
  density: orAbsent(isDensity),
  panel: orAbsent(isPanel),
  speed: orAbsent(isNumber),
  timing: orAbsent(isTiming),
  bookkeeping: orAbsent(isBoolean),
});
