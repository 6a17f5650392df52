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

test("hiding rows at a stroke gives what hiding them one by one does, and they come back as high as they were", () => {
  for (let seed = 1; seed <= 30; seed += 1) {
    const roll = dice(seed);
    const heights = new RowHeights(10);
    const plain: { height: number; isHidden: boolean }[] = [];
    for (let step = 0; step < 40; step += 1) {
      const choice = roll();
      if (plain.length === 0 || choice < 0.2) {
        const count = plain.length + Math.floor(roll() * 200);
        heights.grow(count);
        while (plain.length < count) {
          plain.push({ height: 10, isHidden: false });
        }
      } else if (choice < 0.4) {
        const first = Math.floor(roll() * plain.length);
        const share = roll();
        const hidden = plain.map(() => roll() < share);
        heights.hideFrom(first, (index) => hidden[index] === true);
        for (const [index, row] of plain.entries()) {
          row.isHidden = index < first ? row.isHidden : hidden[index] === true;
        }
      } else {
        const index = Math.floor(roll() * plain.length);
        const height = roll() < 0.3 ? 0 : Math.floor(roll() * 100);
        const row = plain[index];
        heights.set(index, height);
        if (row !== undefined) {
          row.height = height;
        }
      }
    }
    const simple = new RowHeights(10);
    simple.grow(plain.length);
    for (const [index, row] of plain.entries()) {
      simple.set(index, row.isHidden ? 0 : row.height);
    }
    const visible = [...plain.keys()].filter((index) => simple.height(index) > 0);
    expect(heights.total).toBe(simple.total);
    for (const index of plain.keys()) {
      expect(heights.offset(index)).toBe(simple.offset(index));
      expect(heights.next(index)).toBe(visible.find((each) => each > index) ?? plain.length);
      expect(heights.previous(index)).toBe(visible.findLast((each) => each < index) ?? -1);
    }
    heights.hideFrom(0, () => false);
    expect(heights.total).toBe(plain.reduce((sum, row) => sum + row.height, 0));
  }
});

test("half a million rows are hidden, and stepped over, in a moment", () => {
  const heights = new RowHeights(32.4);
  heights.grow(500_000);
  const began = performance.now();
  heights.hideFrom(0, (index) => index % 100_000 !== 7);
  let visible = 0;
  for (let index = heights.next(-1); index < heights.count; index = heights.next(index)) {
    visible += 1;
  }
  expect(visible).toBe(5);
  expect(performance.now() - began).toBeLessThan(1000);
});

test("a list that grew from a few rows to a million stays below what browsers clamp at, with all that was measured", () => {
  const heights = new RowHeights(estimateFor(6_000, 56));
  heights.grow(6_000);
  heights.set(7, 500);
  heights.set(8, 0);
  for (const count of [100_000, 400_000, 730_000, 1_000_000]) {
    heights.grow(count);
    expect(heights.total).toBeLessThan(21_000_000);
  }
  expect([heights.height(7), heights.height(8)]).toEqual([500, 0]);
  expect(heights.offset(10)).toBeCloseTo(8 * heights.height(9) + 500, 5);
  expect(heights.at(heights.offset(900_000) + 1)).toBe(900_000);
});
