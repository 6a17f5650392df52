/** Which rows are in the document: those in view, and some beyond it. */

import type { RowHeights } from "./rowHeights";

export interface Stretch {
  /** The view, in pixels from the list's beginning. */
  readonly from: number;
  readonly to: number;
  /** The last row that may be drawn. */
  readonly last: number;
  /** So many pixels beyond the view, either way. */
  readonly overscan: number;
  /** Rows of which the height isn't known will push the first ones out of the view, not the last ones. */
  readonly isHeldAtEnd: boolean;
}

/** The rows with a height between two offsets, those that are cut included. */
export function rowsBetween(heights: RowHeights, from: number, to: number, last: number): number[] {
  const rows: number[] = [];
  const end = Math.min(heights.at(to), last);
  for (let row = heights.at(Math.max(0, from)); row <= end && row < heights.count; row = heights.next(row)) {
    if (heights.height(row) > 0) {
      rows.push(row);
    }
  }
  return rows;
}

/**
 * The rows to draw, in order; between them are only rows without height. Estimates are far too low in long sessions, and
 * would have several times as many rows drawn as are seen: `atLeast` tells how high a row without a known height will be.
 */
export function rowsAround(
  heights: RowHeights,
  { from, to, last, overscan, isHeldAtEnd }: Stretch,
  atLeast: (row: number) => number,
): readonly number[] {
  const likely = (row: number): number =>
    heights.isMeasured(row) ? heights.height(row) : Math.max(heights.height(row), atLeast(row));
  const between = rowsBetween(heights, from, to, last);
  const rows = isHeldAtEnd
    ? filling(between.toReversed(), heights.offset((between.at(-1) ?? -1) + 1) - from, likely).toReversed()
    : filling(between, to - heights.offset(between[0] ?? 0), likely);
  let [above, below] = [overscan, overscan];
  for (let row = heights.previous(rows[0] ?? 0); row >= 0 && above > 0; row = heights.previous(row)) {
    rows.unshift(row);
    above -= likely(row);
  }
  for (let row = heights.next(rows.at(-1) ?? last); row <= last && below > 0; row = heights.next(row)) {
    rows.push(row);
    below -= likely(row);
  }
  return rows;
}

/** The first of some rows, as many as fill so many pixels. */
function filling(rows: readonly number[], pixels: number, likely: (row: number) => number): number[] {
  let left = pixels;
  const last = rows.findIndex((row) => {
    left -= likely(row);
    return left < 0;
  });
  return rows.slice(0, last < 0 ? undefined : last + 1);
}
