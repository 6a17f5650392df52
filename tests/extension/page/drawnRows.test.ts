// Which rows are drawn: all that are in view, a little beyond it, and never many times as many as will be seen.
import { expect, test } from "vitest";
import { rowsAround, rowsBetween } from "../../../extension/src/page/list/drawnRows";
import { RowHeights } from "../../../extension/src/page/list/rowHeights";
import { dice } from "./dice";

const VIEW = 700;

/** Rows of any height, some without one, some not measured. */
function someHeights(roll: () => number, estimate: number): RowHeights {
  const heights = new RowHeights(estimate);
  heights.grow(1 + Math.floor(roll() * 400));
  for (let row = 0; row < heights.count; row += 1) {
    if (roll() < 0.7) {
      heights.set(row, roll() < 0.3 ? 0 : 1 + Math.floor(roll() * 200));
    }
  }
  return heights;
}

test("all rows in view are drawn, in order and without a gap, and those beyond it as far as was asked", () => {
  for (let seed = 1; seed <= 60; seed += 1) {
    const roll = dice(seed);
    const heights = someHeights(roll, 30);
    const from = Math.floor(roll() * heights.total);
    const last = Math.floor(roll() * heights.count);
    const stretch = { from, to: from + VIEW, last, overscan: Math.floor(roll() * 500), isHeldAtEnd: roll() < 0.5 };
    const drawn = rowsAround(heights, stretch, () => undefined);
    const wanted = rowsBetween(heights, from, from + VIEW, last);
    if (wanted.length > 0) {
      const all = [...Array(heights.count).keys()].filter((row) => heights.height(row) > 0 && row <= last);
      expect(drawn).toEqual(all.slice(all.indexOf(drawn[0] ?? 0), all.indexOf(drawn.at(-1) ?? 0) + 1));
      expect(drawn).toEqual(expect.arrayContaining(wanted));
      const [above, below] = [from - stretch.overscan, from + VIEW + stretch.overscan];
      expect(heights.offset(drawn[0] ?? 0) <= Math.max(0, above) || drawn[0] === all[0]).toBe(true);
      expect(heights.offset((drawn.at(-1) ?? 0) + 1) >= below || drawn.at(-1) === all.at(-1)).toBe(true);
    }
  }
});

test("rows of which only a far too low estimate is known are drawn for the view, not for their estimates", () => {
  const heights = new RowHeights(20);
  heights.grow(750_000);
  const stretch = { to: 5_000_700, from: 5_000_000, last: 749_999, overscan: 700 };
  const [first] = rowsBetween(heights, 5_000_000, 5_000_700, 749_999);
  const below = rowsAround(heights, { ...stretch, isHeldAtEnd: false }, () => 56);
  expect(below.length).toBeLessThanOrEqual(42);
  expect(below).toContain(first);
  const held = rowsAround(heights, { ...stretch, from: 14_999_300, to: 15_000_000, isHeldAtEnd: true }, () => 56);
  expect(held.length).toBeLessThanOrEqual(29);
  expect(held.at(-1)).toBe(749_999);
});

test("rows that are not here yet are drawn as high as they are estimated: the view is full of them", () => {
  const heights = new RowHeights(20);
  heights.grow(1000);
  const drawn = rowsAround(heights, { from: 0, to: VIEW, last: 999, overscan: 0, isHeldAtEnd: false }, () => undefined);
  expect(heights.offset((drawn.at(-1) ?? 0) + 1)).toBeGreaterThanOrEqual(VIEW);
});

test("rows that will be lower than all are estimated fill the view at once, from above or from the end", () => {
  const heights = new RowHeights(56);
  heights.grow(1000);
  const fromAbove = rowsAround(heights, { from: 0, to: VIEW, last: 999, overscan: 0, isHeldAtEnd: false }, () => 28);
  expect(fromAbove).toEqual([...Array(fromAbove.length).keys()]);
  expect(fromAbove.length).toBeGreaterThanOrEqual(VIEW / 28);
  expect(fromAbove.length).toBeLessThanOrEqual(VIEW / 28 + 2);
  const end = heights.total;
  const fromEnd = rowsAround(
    heights,
    { from: end - VIEW, to: end, last: 999, overscan: 0, isHeldAtEnd: true },
    () => 28,
  );
  expect(fromEnd.at(-1)).toBe(999);
  expect(fromEnd.length).toBe(fromAbove.length);
});
