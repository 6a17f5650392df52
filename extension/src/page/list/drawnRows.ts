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
 * The rows to draw, in order; between them are only rows without height. What is estimated for all is far too low in long
 * sessions and too high for most rows in short ones: `guess` tells how high a row that was read will be, undefined for others.
 */
export function rowsAround(
  heights: RowHeights,
  { from, to, last, overscan, isHeldAtEnd }: Stretch,
  guess: (row: number) => number | undefined,
): readonly number[] {
  const likely = (row: number): number => (heights.isMeasured(row) ? undefined : guess(row)) ?? heights.height(row);
  const between = rowsBetween(heights, from, to, last);
  const { rows, left } = isHeldAtEnd
    ? filling(between.toReversed(), heights.offset((between.at(-1) ?? -1) + 1) - from, likely)
    : filling(between, to - heights.offset(between[0] ?? 0), likely);
  const drawn = isHeldAtEnd ? rows.toReversed() : rows;
  let above = overscan + (isHeldAtEnd ? left : 0);
  let below = overscan + (isHeldAtEnd ? 0 : left);
  for (let row = heights.previous(drawn[0] ?? 0); row >= 0 && above > 0; row = heights.previous(row)) {
    drawn.unshift(row);
    above -= likely(row);
  }
  for (let row = heights.next(drawn.at(-1) ?? last); row <= last && below > 0; row = heights.next(row)) {
    drawn.push(row);
    below -= likely(row);
  }
  return drawn;
}

/** The first of some rows, as many as fill so many pixels, and how many pixels they leave. */
function filling(rows: readonly number[], pixels: number, likely: (row: number) => number) {
  let left = pixels;
  const last = rows.findIndex((row) => {
    left -= likely(row);
    return left < 0;
  });
  return { rows: rows.slice(0, last < 0 ? undefined : last + 1), left: Math.max(0, left) };
}
