import { expect, test } from "vitest";
import { lengthMs, Turns } from "../../../extension/src/page/store/turns";
import { turn } from "./records";

test("a record is in the last turn that began before it, and what comes before the first leads to it", () => {
  const turns = new Turns([turn(3), turn(10), turn(11)]);
  expect([0, 3, 9, 10, 11, 99].map((index) => turns.at(index))).toEqual([0, 0, 0, 1, 2, 2]);
  expect(new Turns([]).at(5)).toBeUndefined();
});

test("turns stand in the order in which they are shown, and tokens add up along it", () => {
  const turns = new Turns([turn(20, 5), turn(1, 7), turn(9, 1)]);
  expect(turns.all.map(({ line }) => line)).toEqual([1, 9, 20]);
  expect([0, 1, 2].map((number) => turns.spentUntil(number))).toEqual([7, 8, 13]);
});

test.each([1, 99, 100, 101, 250, 10_000])("%i turns are at most a hundred bars that hold each turn once", (count) => {
  const turns = new Turns(Array.from({ length: count }, (_, n) => turn(n, n)));
  const bars = turns.bars(100);
  expect(bars.length).toBeLessThanOrEqual(100);
  expect(bars.reduce((sum, { tokens }) => sum + tokens, 0)).toBe(turns.spentUntil(count - 1));
  expect([bars[0]?.first, bars.at(-1)?.last]).toEqual([0, count - 1]);
  for (const [number, bar] of bars.entries()) {
    expect(bar.first).toBe((bars[number - 1]?.last ?? -1) + 1);
  }
});

test("a turn took from its first time to its last, where both are known and in order", () => {
  expect(lengthMs(turn(0, 0, { beganAtMs: 5, endedAtMs: 9 }))).toBe(4);
  expect(lengthMs(turn(0, 0, { beganAtMs: 9, endedAtMs: 5 }))).toBeUndefined();
  expect(lengthMs(turn(0, 0, { beganAtMs: 9 }))).toBeUndefined();
});
