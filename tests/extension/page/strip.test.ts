import { expect, test } from "vitest";
import { nextTop } from "../../../extension/src/page/list/following";
import { TimelineStore } from "../../../extension/src/page/store/timelineStore";
import { formatPlayed, pauseWords } from "../../../extension/src/page/view/positionWords";
import { STRIP_WIDTH, stripPaths } from "../../../extension/src/page/view/stripPaths";
import type { TimelineResult } from "../../../extension/src/protocol/messages";
import { waitFor } from "../support/waitFor";

const EMPTY = { index: 0, kind: null, records: 0, errors: 0, compactions: 0 };

const TIMELINE: TimelineResult = {
  ...{ durationMs: 99_999, realMs: 2_400_000, isComplete: true, recordCount: 5 },
  buckets: [
    { ...EMPTY, kind: "prompt", records: 1 },
    EMPTY,
    { ...EMPTY, index: 2, kind: "toolCall", records: 9, errors: 1 },
    { ...EMPTY, index: 11, kind: "reply", records: 4, compactions: 1 },
  ],
  marks: [
    { index: 0, atMs: 0, kind: "prompt" },
    { index: 11, atMs: 80_000, kind: "prompt" },
    { index: 12, atMs: 80_500, kind: "prompt" },
    { index: 5, atMs: 60_000, kind: "error" },
  ],
  pauses: [
    { index: 2, atMs: 50_000, pauseMs: 2_280_000 },
    { index: 4, atMs: 55_000, pauseMs: 12_000 },
  ],
};

async function told(): Promise<TimelineStore> {
  const store = new TimelineStore({ request: async () => TIMELINE, onChange: () => undefined });
  store.want("1");
  await waitFor("the axis is known", () => store.known);
  return store;
}

test("the strip tells kinds, errors, compactions, pauses and prompts, one shape for each", () => {
  const names = stripPaths(TIMELINE).map(({ name }) => name);
  expect(new Set(names)).toEqual(
    new Set(["prompt", "toolCall", "reply", "errors", "compactions", "pauses", "prompts"]),
  );
  expect(names).toHaveLength(new Set(names).size);
});

test("the strip costs the same for any number of prompts, and nothing leaves it", () => {
  const marks = Array.from({ length: 500 }, (_, i) => ({ index: i, atMs: i * 200, kind: "prompt" as const }));
  const prompts = stripPaths({ ...TIMELINE, marks }).find(({ name }) => name === "prompts")?.d ?? "";
  expect(prompts.match(/M/g)).toHaveLength(4);
  for (const { d } of stripPaths(TIMELINE)) {
    for (const [, x] of d.matchAll(/M(-?[\d.]+) /g)) {
      expect(Number(x)).toBeGreaterThanOrEqual(0);
      expect(Number(x)).toBeLessThan(STRIP_WIDTH);
    }
  }
});

test("a turn begins with its prompt", async () => {
  const timeline = await told();
  expect([0, 79_999, 80_000, 99_999].map((atMs) => timeline.turnAt(atMs).turn)).toEqual([1, 1, 2, 3]);
  expect(timeline.turnAt(0).of).toBe(3);
});

test("only pauses that somebody would notice are named, where they end and on the strip", async () => {
  const timeline = await told();
  expect(timeline.pauseBefore(2)).toBe(2_280_000);
  expect(timeline.pauseBefore(4)).toBeUndefined();
  expect(pauseWords(2_280_000)).toBe("38 min idle skipped");
  expect([timeline.pauseNear(45_000), timeline.pauseNear(39_000)]).toEqual([2_280_000, undefined]);
});

test("times of the axis are told as players tell them", () => {
  expect([0, 59_999, 61_000, 3_765_000].map(formatPlayed)).toEqual(["0:00", "0:59", "1:01", "1:02:45"]);
});

test("the view goes down with the playhead and never back, in steps that the eye can follow", () => {
  const view = { top: 100, height: 1000 };
  expect(nextTop(view, 500, 16, false)).toBe(100);
  let top = 100;
  for (let frame = 0; frame < 200; frame += 1) {
    const next = nextTop({ ...view, top }, 1200, 16, false);
    expect(next).toBeGreaterThanOrEqual(top);
    expect(next - top).toBeLessThan(80);
    top = next;
  }
  expect(top).toBeCloseTo(1200 - 720, 0);
});

test("a playhead somewhere else is shown at once, and with less motion the view stays until it has to move", () => {
  const view = { top: 5000, height: 1000 };
  expect(nextTop(view, 400, 16, false)).toBe(0);
  expect(nextTop(view, 90_000, 16, false)).toBe(89_500);
  expect(nextTop(view, 5900, 16, true)).toBe(5000);
  expect(nextTop(view, 6100, 16, true)).toBe(5600);
});
