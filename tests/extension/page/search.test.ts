import { afterEach, beforeEach, expect, test, vi } from "vitest";
import { MAX_HITS, Search } from "../../../extension/src/page/store/search";
import { hitWords } from "../../../extension/src/page/text/hitWords";
import type { ReplaySearchResult, SearchHit } from "../../../extension/src/protocol/messages";
import type { SearchRequest } from "../../../extension/src/shared/messages";

/** A session with hits at some records, told three at a time. */
class Session {
  readonly asked: SearchRequest[] = [];
  problem: string | null = null;
  unsearched: readonly number[] = [];
  hold: Promise<void> = Promise.resolve();

  constructor(
    public hits: readonly number[],
    public recordCount: number,
  ) {}

  async answer(request: SearchRequest): Promise<ReplaySearchResult> {
    this.asked.push(request);
    await this.hold;
    const first = this.hits.findIndex((index) => index >= request.start.index);
    const rest = first < 0 ? [] : this.hits.slice(first, first + 4);
    const some = rest
      .slice(0, 3)
      .map((index): SearchHit => ({ index, field: 0, start: 4, length: 2, inOutput: false }));
    const isComplete = rest.length <= 3;
    const next = isComplete ? this.recordCount : (some.at(-1)?.index ?? 0) + 1;
    const place = { index: next, field: 0, offset: 0, inOutput: false };
    const unsearched = this.unsearched.filter((index) => index >= request.start.index);
    const hits = this.problem === null ? some : [];
    return { hits, next: place, isComplete, problem: this.problem, unsearched };
  }
}

const said: string[] = [];

function searchOf(session: Session, place = 0): Search {
  const search = new Search({
    request: (request) => session.answer(request),
    filter: () => null,
    place: () => place,
    say: (line) => said.push(line),
    onChange: () => undefined,
  });
  search.sessionAt("1", "a");
  search.open();
  return search;
}

async function typed(search: Search, query: string): Promise<void> {
  search.type(query);
  await vi.advanceTimersByTimeAsync(1000);
}

beforeEach(() => {
  vi.useFakeTimers();
  said.length = 0;
});
afterEach(() => vi.useRealTimers());

test("begins where the reader is, goes on with what is before, and counts in the session's order", async () => {
  const search = searchOf(new Session([1, 2, 50, 60, 61, 62, 70], 100), 55);
  await typed(search, "word");
  expect([search.current?.index, search.status, search.isScanning]).toEqual([60, "4 of 7", false]);
  const seen: (number | undefined)[] = [];
  for (let step = 0; step < 7; step += 1) {
    search.go(1);
    seen.push(search.current?.index);
  }
  expect(seen).toEqual([61, 62, 70, 1, 2, 50, 60]);
  search.go(-1);
  expect(search.status).toBe("3 of 7");
  expect(said.at(-1)).toBe("3 of 7");
});

test("letters that come quickly are one search, and answers to an older one are dropped", async () => {
  const session = new Session([1, 2], 10);
  const search = searchOf(session);
  let release: () => void = () => undefined;
  session.hold = new Promise((resolve) => {
    release = resolve;
  });
  search.type("w");
  search.type("wo");
  await vi.advanceTimersByTimeAsync(1000);
  expect(session.asked.map((each) => each.query)).toEqual(["wo"]);
  session.hits = [];
  search.setMatchCase(true);
  release();
  await vi.advanceTimersByTimeAsync(1000);
  expect([search.count, search.status]).toEqual([0, "No hits"]);
  expect(session.asked.at(-1)).toMatchObject({ query: "wo", matchCase: true });
});

test("a session that grows is searched on from where it ended, once", async () => {
  const session = new Session([3], 10);
  const search = searchOf(session);
  await typed(search, "word");
  session.hits = [3, 12];
  session.recordCount = 20;
  search.sessionAt("2", "a");
  search.sessionAt("2", "a");
  await vi.advanceTimersByTimeAsync(1000);
  expect(session.asked.at(-1)?.start.index).toBe(10);
  expect([search.status, session.asked.length]).toEqual(["1 of 2", 2]);
});

test("where records stand elsewhere the search begins anew", async () => {
  const session = new Session([3], 10);
  const search = searchOf(session);
  await typed(search, "word");
  session.hits = [4];
  search.sessionAt("2", "b");
  await vi.advanceTimersByTimeAsync(1000);
  expect([search.current?.index, search.status]).toEqual([4, "1 of 1"]);
});

test("why an expression finds nothing is shown and said", async () => {
  const session = new Session([], 10);
  session.problem = "This expression takes too long.";
  const search = searchOf(session);
  search.setRegex(true);
  await typed(search, "(a+)+$");
  expect([search.status, search.problem, search.isScanning]).toEqual([session.problem, session.problem, false]);
  expect(said).toEqual([session.problem]);
});

test("outputs that were left out are counted once, wherever the search began", async () => {
  const session = new Session([3], 10);
  session.unsearched = [2, 2, 7];
  const search = searchOf(session, 5);
  await typed(search, "word");
  expect(search.unsearchedOutputs).toBe(3);
});

test("closing ends the search and takes the marks away; opening it again repeats it", async () => {
  const session = new Session([3], 10);
  const search = searchOf(session);
  await typed(search, "word");
  expect(search.hitsIn({ index: 3, field: 0 }, false)).toHaveLength(1);
  search.close();
  expect([search.hitsIn({ index: 3, field: 0 }, false).length, search.count]).toEqual([0, 0]);
  search.open();
  await vi.advanceTimersByTimeAsync(1000);
  expect([search.query, search.status]).toEqual(["word", "1 of 1"]);
});

test("more hits than anybody goes through end the search, and the count says so", async () => {
  const session = new Session(
    Array.from({ length: MAX_HITS + 50 }, (_, index) => index),
    MAX_HITS + 50,
  );
  const search = searchOf(session);
  await typed(search, "e");
  await vi.advanceTimersByTimeAsync(60_000);
  expect(search.isScanning).toBe(false);
  expect(search.count).toBeLessThan(MAX_HITS + 3);
  expect(search.status).toMatch(/^1 of 20.000\+|^1 of 20.00\d\+/);
});

test("the words of hits are cut by code points, and JSON's escapes are told as they are drawn", () => {
  const hit = (start: number, length: number): SearchHit => ({ index: 0, field: 0, start, length, inOutput: false });
  expect(hitWords("🙂🙂ab🙂c", [hit(2, 2), hit(4, 2)], false)).toEqual(["ab", "🙂c"]);
  expect(hitWords("short", [hit(3, 9)], false)).toEqual([]);
  expect(hitWords('{"a":"say \\"hi\\""}', [hit(10, 6)], true)).toEqual(['\\"hi\\"', '"hi"']);
});
