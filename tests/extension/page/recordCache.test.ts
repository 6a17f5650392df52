import { expect, test } from "vitest";
import { RecordCache } from "../../../extension/src/page/store/recordCache";
import { PAGE_RECORDS } from "../../../extension/src/shared/pages";
import { event, record, windowOf } from "./records";

const roomy = { maxPages: 40, maxChars: 1_000_000 };

function page(number: number) {
  return windowOf(number * PAGE_RECORDS, PAGE_RECORDS).records;
}

test("never holds more pages than it may, dropping the least recently wanted", () => {
  const cache = new RecordCache({ ...roomy, maxPages: 3 });
  cache.put(page(0));
  cache.put(page(1));
  cache.put(page(2));
  cache.touch([0]);
  cache.put(page(3));
  expect(cache.pageCount).toBe(3);
  expect(cache.get(0)).toBeDefined();
  expect(cache.get(PAGE_RECORDS)).toBeUndefined();
});

test("huge records count by their weight, so that memory stays bounded", () => {
  const cache = new RecordCache({ maxPages: 40, maxChars: 10_000 });
  for (let number = 0; number < 10; number += 1) {
    const text = { value: "x".repeat(5000), totalChars: 5000 };
    cache.put([record(number * PAGE_RECORDS, [event({ text })])]);
  }
  expect(cache.pageCount).toBe(4);
});

test("keeps what is in sight, however much it weighs", () => {
  const cache = new RecordCache({ maxPages: 40, maxChars: 10_000 });
  const inSight = Array.from({ length: 10 }, (_, number) => number);
  cache.touch(inSight);
  const text = { value: "x".repeat(5000), totalChars: 5000 };
  for (const number of [...inSight, 20, 21]) {
    cache.put([record(number * PAGE_RECORDS, [event({ text })])]);
  }
  expect(inSight.filter((number) => cache.get(number * PAGE_RECORDS) === undefined)).toEqual([]);
  expect(cache.pageCount).toBe(10);
});

test("says from where on a page is missing, and nothing once it is whole", () => {
  const cache = new RecordCache(roomy);
  expect(cache.missingFrom(0, 1000)).toBe(0);
  cache.put(page(0).slice(0, 10));
  expect(cache.missingFrom(0, 1000)).toBe(10);
  cache.put(page(0).slice(10));
  expect(cache.missingFrom(0, 1000)).toBeUndefined();
});

test("the last page is whole with the session's last record, and not when the session grew", () => {
  const cache = new RecordCache(roomy);
  cache.put(page(0).slice(0, 5));
  expect(cache.missingFrom(0, 5)).toBeUndefined();
  expect(cache.missingFrom(0, 6)).toBe(5);
  expect(cache.missingFrom(1, 6)).toBeUndefined();
});

test("records that would leave a hole are not taken", () => {
  const cache = new RecordCache(roomy);
  cache.put([record(7)]);
  expect(cache.get(7)).toBeUndefined();
});

test("what is stale stays in sight until it was read again", () => {
  const cache = new RecordCache(roomy);
  cache.put(page(0));
  cache.markStale();
  expect(cache.get(3)).toBeDefined();
  expect(cache.missingFrom(0, 64)).toBe(0);
  cache.put([record(0, [event({ label: "new" })])]);
  expect(cache.get(0)?.events[0]?.label).toBe("new");
  expect(cache.get(3)).toBeUndefined();
});

test("a call that was read before its result was there knows it once that is read, wherever the two stand", () => {
  const tool = (callId: string) => ({ callId, name: "Bash", target: "", action: "shell" as const, paths: [] });
  const cache = new RecordCache(roomy);
  const call = record(PAGE_RECORDS - 1, [
    event({ kind: "toolCall", field: 0, tool: tool("a") }),
    event({ kind: "toolCall", field: 1, tool: tool("b") }),
  ]);
  cache.put([...page(0).slice(0, -1), call]);
  const result = (callId: string, partner: number | null) =>
    event({ kind: "toolResult", tool: tool(callId), partner, tookMs: 1500 });
  cache.put([record(PAGE_RECORDS, [result("b", call.index)]), record(PAGE_RECORDS + 1, [result("", null)])]);
  const told = cache.get(call.index)?.events.map(({ partner, tookMs }) => [partner, tookMs]);
  expect(told).toEqual([
    [null, null],
    [PAGE_RECORDS, 1500],
  ]);
  expect(cache.get(call.index), "a record that says something else is another one").not.toBe(call);
  cache.put([record(PAGE_RECORDS + 2, [result("c", call.index)])]);
  expect(cache.get(call.index)?.events.map(({ partner }) => partner)).toEqual([null, PAGE_RECORDS]);
});
