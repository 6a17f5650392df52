import { expect, test } from "vitest";
import { backoffMs } from "../../../extension/src/helper/backoff";

test("waits double up to half a minute and never grow beyond", () => {
  const longest = [1, 2, 3, 4, 5, 6, 7, 8, 1000].map((attempt) => backoffMs(attempt, () => 0));
  expect(longest).toEqual([500, 1000, 2000, 4000, 8000, 16_000, 30_000, 30_000, 30_000]);
});

test("chance takes at most half away, so that many windows don't start at the same moment", () => {
  expect(backoffMs(3, () => 0.999_999)).toBe(1000);
});
