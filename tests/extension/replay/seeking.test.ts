// A click on the strip: the place and its records come in one answer, unless the page has them.
import { expect, test } from "vitest";
import { seek } from "../../../extension/src/replay/seeking";

const SESSION = {
  snapshot: { info: { recordCount: 500 } },
  seek: async ({ atMs }: { atMs: number }) => ({ index: atMs, atMs }),
  window: async ({ start, count }: { start: number; count: number }) => ({ start, records: [], recordCount: count }),
} as unknown as Parameters<typeof seek>[0];

async function read(atMs: number, pages: readonly number[]): Promise<readonly [number, number] | null> {
  const { records, index } = await seek(SESSION, { atMs, pages });
  expect(index).toBe(atMs);
  return records && [records.start, records.recordCount];
}

test("what a screen needs from there on comes along, in whole pages", async () => {
  expect(await read(0, [])).toEqual([0, 64]);
  expect(await read(120, [0]), "two pages, as the place is at the end of one").toEqual([64, 128]);
  expect(await read(499, [1])).toEqual([448, 52]);
});

test("the record before it, of which the end is seen, comes along", async () => {
  expect(await read(64, [])).toEqual([0, 128]);
});

test("nothing comes along that the page has; one of two pages is not enough", async () => {
  expect(await read(0, [0, 4])).toBeNull();
  expect(await read(120, [1, 2])).toBeNull();
  expect(await read(120, [1])).not.toBeNull();
  expect(await read(499, [7])).toBeNull();
});
