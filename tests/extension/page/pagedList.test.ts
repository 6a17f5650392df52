import { afterEach, beforeEach, expect, test, vi } from "vitest";
import { type ListPage, MAX_ENTRIES, PagedList } from "../../../extension/src/page/store/pagedList";

const PAGE = 100;

let there: string[];
let asked: number[];
let changes: number;
let list: PagedList<string>;

beforeEach(() => {
  vi.useFakeTimers();
  there = Array.from({ length: 250 }, (_, n) => `a${n}`);
  asked = [];
  changes = 0;
  list = new PagedList({ request, staying: (known) => Math.max(0, known - 1), onChange: () => (changes += 1) });
});

afterEach(() => {
  vi.useRealTimers();
});

async function request(start: number): Promise<ListPage<string>> {
  asked.push(start);
  return { items: there.slice(start, start + PAGE), total: there.length, isComplete: true };
}

test("all of a list is told, page by page", async () => {
  list.want("1", "e");
  await vi.advanceTimersByTimeAsync(0);
  expect(asked).toEqual([0, 100, 200]);
  expect(list.items).toEqual(there);
  expect([list.total, list.isKnown, list.isComplete]).toEqual([250, true, true]);
});

test("a growing list is asked for from where it may have changed, and not at once", async () => {
  list.want("1", "e");
  await vi.advanceTimersByTimeAsync(0);
  there[249] = "more of a249";
  there.push("a250");
  list.want("2", "e");
  await vi.advanceTimersByTimeAsync(100);
  expect(asked).toHaveLength(3);
  await vi.advanceTimersByTimeAsync(2000);
  list.want("2", "e");
  await vi.advanceTimersByTimeAsync(0);
  expect(asked.slice(3)).toEqual([249]);
  expect(list.items).toEqual(there);
});

test("what nobody changed isn't asked for again", async () => {
  list.want("1", "e");
  await vi.advanceTimersByTimeAsync(9000);
  list.want("1", "e");
  await vi.advanceTimersByTimeAsync(9000);
  expect(asked).toHaveLength(3);
});

test("in another era nothing of the list stays, and an answer from before it is worth nothing", async () => {
  list.want("1", "e");
  there = ["b0"];
  list.want("1", "f");
  await vi.advanceTimersByTimeAsync(0);
  expect(list.items).toEqual([]);
  await vi.advanceTimersByTimeAsync(10);
  list.want("1", "f");
  await vi.advanceTimersByTimeAsync(0);
  expect(list.items).toEqual(["b0"]);
});

test("of an endless list so many entries are kept, and all are counted", async () => {
  there = Array.from({ length: MAX_ENTRIES + 5 * PAGE }, (_, n) => `a${n}`);
  list.want("1", "e");
  await vi.advanceTimersByTimeAsync(0);
  expect([list.items.length, list.total]).toEqual([MAX_ENTRIES, there.length]);
});

test("a list that can't be had stays as it was, and is asked for again when the session changes", async () => {
  list.want("1", "e");
  await vi.advanceTimersByTimeAsync(9000);
  const failing = vi.spyOn(there, "slice").mockImplementation(() => {
    throw new Error("gone");
  });
  list.want("2", "e");
  await vi.advanceTimersByTimeAsync(9000);
  expect(list.items).toHaveLength(250);
  failing.mockRestore();
  there.push("a250");
  list.want("3", "e");
  await vi.advanceTimersByTimeAsync(0);
  expect(list.items).toHaveLength(251);
  expect(changes).toBeGreaterThan(0);
});
