import { expect, test } from "vitest";
import { FirstRecords } from "../../../extension/src/replay/firstRecords";
import type { SavedPosition } from "../../../extension/src/shared/pageState";
import { waitFor } from "../support/waitFor";

const OPENED = { edition: 1, opening: 1, info: { recordCount: 3, isLive: false } };

async function askedFor(info: { recordCount: number; isLive: boolean }, position?: SavedPosition): Promise<unknown> {
  const asked: unknown[] = [];
  const first = new FirstRecords(
    {
      request: async (params) => {
        asked.push([params.start, params.count]);
        return { start: params.start, records: [], recordCount: info.recordCount };
      },
      onSettled: () => undefined,
    },
    position,
  );
  first.read({ ...OPENED, info });
  await waitFor("it is there", () => !first.isPending);
  first.read({ ...OPENED, info: { ...info, recordCount: info.recordCount + 1 } });
  return asked;
}

test("a page's first records are those of the place it begins at, asked for once, in whole pages", async () => {
  expect(await askedFor({ recordCount: 500_000, isLive: false })).toEqual([[0, 64]]);
  expect(await askedFor({ recordCount: 5, isLive: false })).toEqual([[0, 5]]);
  expect(await askedFor({ recordCount: 130, isLive: true }), "the end, with what fills a screen").toEqual([[64, 66]]);
  const left = { index: 100, offset: 0, atEnd: false };
  expect(await askedFor({ recordCount: 1000, isLive: true }, left)).toEqual([[64, 128]]);
  expect(await askedFor({ recordCount: 90, isLive: false }, left), "fewer than there were").toEqual([[64, 26]]);
});

test("first records are handed over once, and nobody waits for those that can't be read", async () => {
  let settled = 0;
  const onSettled = () => {
    settled += 1;
  };
  const answer = { start: 0, records: [], recordCount: 3 };
  const first = new FirstRecords({ request: async () => answer, onSettled }, undefined);
  first.read(OPENED);
  expect(first.isPending).toBe(true);
  await waitFor("they are there", () => settled === 1);
  expect([first.isPending, first.take(OPENED), first.take(OPENED)]).toEqual([false, answer, undefined]);

  const failed = new FirstRecords({ request: () => Promise.reject(new Error("gone")), onSettled }, undefined);
  failed.read(OPENED);
  await waitFor("it is given up", () => settled === 2);
  expect([failed.isPending, failed.take(OPENED)]).toEqual([false, undefined]);
});

test("records whose places mean something else by now are not handed over", async () => {
  for (const since of [
    { ...OPENED, opening: 2 },
    { ...OPENED, edition: 2 },
  ]) {
    const answer = { start: 0, records: [], recordCount: 3 };
    const first = new FirstRecords({ request: async () => answer, onSettled: () => undefined }, undefined);
    first.read(OPENED);
    await waitFor("they are there", () => !first.isPending);
    expect(first.take(since)).toBeUndefined();
  }
});
