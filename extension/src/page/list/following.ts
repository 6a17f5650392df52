/** How the view goes along with the playhead: never back while it plays on, and in no jumps that the eye could lose. */

/** The playhead is kept above this share of the view. */
const LOWEST = 0.72;
/** Where it is put when the view has to go somewhere else. */
const MIDDLE = 0.5;
/** Two thirds of the way are done in this time. */
const EASE_MS = 110;

export interface Extent {
  readonly top: number;
  readonly height: number;
}

/** The scroll offset `passedMs` later, with the end of what is shown at `end`. */
export function nextTop(view: Extent, end: number, passedMs: number, isStill: boolean): number {
  const lowest = end - view.height * LOWEST;
  const distance = lowest - view.top;
  if (end < view.top || distance > view.height) {
    return Math.max(0, end - view.height * MIDDLE);
  }
  if (distance <= 0) {
    return view.top;
  }
  if (isStill) {
    return end > view.top + view.height ? Math.max(0, end - view.height * MIDDLE) : view.top;
  }
  // Offsets are whole pixels on many screens: less than one would never arrive.
  return Math.min(lowest, view.top + Math.max(1, distance * (1 - Math.exp(-Math.max(0, passedMs) / EASE_MS))));
}

export function isInView(view: Extent, offset: number): boolean {
  return offset >= view.top - view.height && offset <= view.top + 2 * view.height;
}
