// All of a session is on its strip from the beginning on, and each place leads to itself.
import { expect, test } from "vitest";
import { StripScale } from "../../../extension/src/page/store/stripScale";

const PART = { durationMs: 1000, recordCount: 25, isComplete: false };

test("the strip is by time as far as the axis was measured, and by records beyond that", () => {
  const scale = new StripScale(PART, 100);
  expect(scale.share).toBe(0.25);
  expect(scale.placeAt(0)).toEqual({ atMs: 0 });
  expect(scale.placeAt(0.125)).toEqual({ atMs: 500 });
  expect(scale.placeAt(0.25)).toEqual({ atMs: 1000 });
  expect(scale.placeAt(0.5)).toEqual({ index: 50 });
  expect(scale.placeAt(7)).toEqual({ index: 99 });
});

test("whatever place the strip leads to is shown where it was pointed at", () => {
  for (const scale of [new StripScale(PART, 100), new StripScale({ ...PART, isComplete: true }, 100)]) {
    for (let share = 0; share <= 1; share += 0.01) {
      const place = scale.placeAt(share);
      const shown = "index" in place ? scale.shareOf(place.index, 0) : scale.shareOf(0, place.atMs);
      expect(shown).toBeCloseTo(share, 1);
    }
  }
});

test("a session that is known whole is all by time, a playhead ahead of the axis included", () => {
  const scale = new StripScale({ durationMs: 1000, recordCount: 9, isComplete: true }, 10, 2000);
  expect(scale.placeAt(1)).toEqual({ atMs: 2000 });
  expect(scale.shareOf(9, 2000)).toBe(1);
});

test("nothing is divided by nothing", () => {
  const scale = new StripScale(undefined, 0);
  expect([scale.share, scale.shareOf(0, 0)]).toEqual([0, 0]);
  expect(new StripScale({ durationMs: 0, recordCount: 1, isComplete: true }, 1).placeAt(0.5)).toEqual({ atMs: 0 });
});
