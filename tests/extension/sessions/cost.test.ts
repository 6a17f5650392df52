import { describe, expect, test } from "vitest";
import { compacted, costOf, costWords } from "../../../extension/src/sessions/cost";

const GIB = 2 ** 30;

describe("a month costs", () => {
  test("the storage, and thirty times one LIST and a GET for each part", () => {
    const { requests, dollars } = costOf({ partCount: 812, streamBytes: GIB });
    expect(requests).toBe(813);
    expect(dollars).toBeCloseTo(0.023 + 30 * (0.005 / 1000 + (812 * 0.0004) / 1000), 12);
  });

  test.each([
    [999, 1],
    [1000, 2],
    [10_000, 11],
  ])("a LIST for each thousand objects, meta.json among them (%i parts)", (partCount, lists) => {
    expect(costOf({ partCount, streamBytes: 1 }).requests).toBe(partCount + lists);
  });

  test("several GETs for a part that is read in pieces", () => {
    expect(costOf({ partCount: 1, streamBytes: 80 * 2 ** 20 }).requests).toBe(11);
  });
});

test.each([
  [{ partCount: 40, streamBytes: 3_000_000 }, 1],
  [{ partCount: 400, streamBytes: 2.5 * GIB }, 3],
  [{ partCount: 1, streamBytes: 2.5 * GIB }, 1],
  [{ partCount: 2, streamBytes: 0 }, 1],
])("compaction makes as few parts as it may, and never more (%#)", (layout, partCount) => {
  expect(compacted(layout)).toEqual({ ...layout, partCount });
});

describe("the words", () => {
  test("tell the money now and after compaction", () => {
    expect(costWords({ partCount: 812, streamBytes: 3_000_000 })).toBe(
      "about $0.0100 a month; $0.0002 after Compact Session",
    );
  });

  test("count requests where both cost the same", () => {
    expect(costWords({ partCount: 3, streamBytes: 20_000 })).toBe(
      "reading it takes 4 requests; 2 after Compact Session",
    );
  });

  test("promise nothing of a session that is compacted already", () => {
    expect(costWords({ partCount: 1, streamBytes: 20_000 })).toBe("about $0.0002 a month");
  });

  test("tell dollars and cents of what is large", () => {
    expect(costWords({ partCount: 60, streamBytes: 60 * GIB })).toMatch(/^about \$1\.\d\d a month$/);
  });
});
