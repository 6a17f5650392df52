// Records that come with a seek are taken only while positions stand for the same records.
import { expect, test } from "vitest";
import { type SeekingDeps, seek } from "../../../extension/src/page/store/seeking";
import type { Snapshot } from "../../../extension/src/shared/messages";
import { windowOf } from "./records";

async function taken(change: Partial<Snapshot>, isThere: boolean): Promise<number> {
  let snapshot = { edition: 1, opening: 1 } as Snapshot;
  let count = 0;
  const asked: unknown[] = [];
  const request = async (method: string, params: unknown) => {
    asked.push([method, params]);
    snapshot = { ...snapshot, ...change };
    return { index: 70, atMs: 5, records: isThere ? windowOf(64, 64) : null };
  };
  const found = await seek(
    {
      bridge: { request } as unknown as SeekingDeps["bridge"],
      snapshot: () => snapshot,
      pages: () => [3],
      take: ({ records }) => {
        count += records.length;
      },
    },
    5,
  );
  expect(found).toEqual({ index: 70, atMs: 5 });
  expect(asked).toEqual([["seek", { atMs: 5, pages: [3] }]]);
  return count;
}

test("records that come with the place are taken", async () => {
  expect(await taken({}, true)).toBe(64);
  expect(await taken({}, false)).toBe(0);
});

test("those of other content, or of another opening, are not", async () => {
  expect(await taken({ edition: 2 }, true)).toBe(0);
  expect(await taken({ opening: 2 }, true)).toBe(0);
});
