import { expect, test } from "vitest";
import { estimateFor, RowHeights } from "../../../extension/src/page/list/rowHeights";
import { dice } from "./dice";

test("offsets, total and look-up agree with adding up the heights one by one, whatever grew and changed", () => {
  for (let seed = 1; seed <= 40; seed += 1) {
    const roll = dice(seed);
    const heights = new RowHeights(10);
    const plain: number[] = [];
    for (let step = 0; step < 60; step += 1) {
      if (plain.length === 0 || roll() < 0.2) {
        const count = plain.length + Math.floor(roll() * 300);
        heights.grow(count);
        while (plain.length < count) {
          plain.push(10);
        }
      } else {
        const index = Math.floor(roll() * plain.length);
        const height = roll() < 0.4 ? 0 : Math.floor(roll() * 100);
        heights.set(index, height);
        plain[index] = height;
      }
    }
    const starts: number[] = [0];
    for (const height of plain) {
      starts.push((starts.at(-1) ?? 0) + height);
    }
    expect(heights.total).toBe(starts.at(-1));
    for (let probe = 0; probe < 50; probe += 1) {
      const index = Math.floor(roll() * plain.length);
      expect(heights.offset(index)).toBe(starts[index]);
      const offset = Math.floor(roll() * heights.total);
      const at = heights.at(offset);
      expect(starts[at]).toBeLessThanOrEqual(offset);
      expect(starts[at + 1]).toBeGreaterThan(offset);
    }
  }
});

test("a look-up before the beginning or past the end gives the first or the last row", () => {
  const heights = new RowHeights(10);
  heights.grow(5);
  expect(heights.at(-50)).toBe(0);
  expect(heights.at(1e9)).toBe(4);
});

test("only rows that were measured count as measured, also those without height", () => {
  const heights = new RowHeights(10);
  heights.grow(2);
  heights.set(1, 0);
  expect([heights.isMeasured(0), heights.isMeasured(1), heights.isMeasured(2)]).toEqual([false, true, false]);
});

test("a list never gets shorter", () => {
  const heights = new RowHeights(10);
  heights.grow(5);
  heights.grow(3);
  expect(heights.count).toBe(5);
});

test("half a million rows stay far below the height that browsers clamp at", () => {
  expect(estimateFor(500_000, 56) * 500_000).toBeLessThan(20_000_000);
  expect(estimateFor(1000, 56)).toBe(56);
});
