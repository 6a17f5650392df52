import { afterEach, beforeEach, expect, test, vi } from "vitest";
import { ANNOUNCE_INTERVAL_MS, Announcements } from "../../../extension/src/page/store/announcements";
import { Folds } from "../../../extension/src/page/store/folds";
import { TextStore } from "../../../extension/src/page/store/textStore";
import { MAX_SAVED_FOLDS } from "../../../extension/src/shared/pageState";

beforeEach(() => {
  vi.useFakeTimers();
});

afterEach(() => {
  vi.useRealTimers();
});

test("more of a text is asked for by code points, not by UTF-16 units", async () => {
  const store = new TextStore(() => undefined);
  const offsets: number[] = [];
  const request = async (offset: number) => {
    offsets.push(offset);
    return { offset, value: "😀😀", totalChars: 5 };
  };
  await store.more("a", { value: "😀", totalChars: 5 }, request);
  await store.more("a", { value: "😀", totalChars: 5 }, request);
  expect(offsets).toEqual([1, 3]);
  expect(store.get("a")).toMatchObject({ value: "😀😀😀😀😀", chars: 5, totalChars: 5 });
});

test("an empty piece ends a text, so that nobody asks forever", async () => {
  const store = new TextStore(() => undefined);
  await store.more("a", { value: "ab", totalChars: 9 }, async (offset) => ({ offset, value: "", totalChars: 9 }));
  expect(store.get("a")?.totalChars).toBe(2);
});

test("a piece that can't be had leaves the text as it was, with the reason", async () => {
  const store = new TextStore(() => undefined);
  await store.more("a", { value: "ab", totalChars: 9 }, () => Promise.reject(new Error("Gone.")));
  expect(store.get("a")).toMatchObject({ value: "ab", loading: false, error: "Gone." });
});

test("a text closed while it was loading stays closed", async () => {
  const store = new TextStore(() => undefined);
  const loading = store.more("a", { value: "", totalChars: 0 }, async (offset) => ({
    offset,
    value: "x",
    totalChars: 1,
  }));
  store.forget("a");
  await loading;
  expect(store.get("a")).toBeUndefined();
});

test("of many loaded texts the oldest are dropped", async () => {
  const store = new TextStore(() => undefined);
  for (let n = 0; n < 100; n += 1) {
    await store.more(`${n}`, { value: "", totalChars: 0 }, async (offset) => ({ offset, value: "x", totalChars: 1 }));
  }
  expect(store.get("0")).toBeUndefined();
  expect(store.get("99")).toBeDefined();
});

test("everything is folded until it was opened, and toggles back", () => {
  const folds = new Folds(["3:0"]);
  expect([folds.isOpen("3:0"), folds.isOpen("4:0")]).toEqual([true, false]);
  folds.toggle("3:0");
  folds.toggle("4:0");
  expect(folds.saved()).toEqual(["4:0"]);
});

test("only so many folds are remembered, the newest ones", () => {
  const folds = new Folds([]);
  for (let n = 0; n < MAX_SAVED_FOLDS + 10; n += 1) {
    folds.toggle(`${n}:0`);
  }
  expect(folds.saved()).toHaveLength(MAX_SAVED_FOLDS);
  expect(folds.saved().at(-1)).toBe(`${MAX_SAVED_FOLDS + 9}:0`);
});

test("a screen reader hears at most one line a second, and of several the newest", () => {
  const said: string[] = [];
  const announcements = new Announcements(() => said.push(announcements.line));
  announcements.say("one");
  announcements.say("two");
  announcements.say("three");
  expect(said).toEqual(["one"]);
  vi.advanceTimersByTime(ANNOUNCE_INTERVAL_MS - 1);
  expect(said).toEqual(["one"]);
  vi.advanceTimersByTime(1);
  expect(said).toEqual(["one", "three"]);
});

test("the same line said again is a new one", () => {
  const said: string[] = [];
  const announcements = new Announcements(() => said.push(announcements.line));
  announcements.say("one");
  vi.advanceTimersByTime(ANNOUNCE_INTERVAL_MS);
  announcements.say("one");
  expect(new Set(said).size).toBe(2);
});
