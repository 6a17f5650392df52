import { expect, test } from "vitest";
import { RecordCache } from "../../../extension/src/page/store/recordCache";
import { WindowLoader } from "../../../extension/src/page/store/windowLoader";
import type { WindowResult } from "../../../extension/src/shared/messages";
import { waitFor } from "../support/waitFor";
import { record, windowOf } from "./records";

interface Asked {
  readonly start: number;
  readonly count: number;
  readonly answer: (result: WindowResult) => void;
  readonly fail: (error: Error) => void;
}

function setUp(recordCount = 10_000) {
  const asked: Asked[] = [];
  const cache = new RecordCache({ maxPages: 40, maxChars: 1_000_000 });
  let changes = 0;
  const loader = new WindowLoader({
    cache,
    request: (start, count) =>
      new Promise((answer, fail) => {
        asked.push({ start, count, answer, fail });
      }),
    onChange: () => {
      changes += 1;
    },
  });
  loader.setRecordCount(recordCount);
  const answerAll = (atMost = 1024): void => {
    for (const { start, count, answer } of asked.splice(0)) {
      answer(windowOf(start, count, record, atMost));
    }
  };
  return { asked, cache, loader, answerAll, changes: () => changes };
}

test("asks for what is in sight first, then for what is around it", () => {
  const { asked, loader } = setUp();
  loader.want([640, 650]);
  expect(asked.map(({ start }) => start)).toEqual([640, 704, 576]);
});

test("a page is asked for once, however often it is wanted", () => {
  const { asked, loader } = setUp();
  loader.want([640]);
  loader.want([641]);
  loader.want([642]);
  expect(asked).toHaveLength(3);
});

test("asks again for the rest when an answer held less than was asked for", async () => {
  const { asked, cache, loader, answerAll } = setUp(64);
  loader.want([0]);
  while (cache.get(63) === undefined) {
    answerAll(10);
    await waitFor("the rest is asked for", () => asked.length > 0 || cache.get(63));
  }
  expect(cache.missingFrom(0, 64)).toBeUndefined();
});

test("few requests are under way at a time", () => {
  const { asked, loader } = setUp();
  loader.want(Array.from({ length: 640 }, (_, i) => i));
  expect(asked).toHaveLength(3);
});

test("what is no longer wanted isn't asked for any more", async () => {
  const { asked, loader, answerAll } = setUp();
  loader.want(Array.from({ length: 640 }, (_, i) => i));
  loader.want([9000]);
  answerAll();
  await waitFor("the new place is asked for", () => asked.length > 0);
  expect(asked.map(({ start }) => start)).toEqual([8960, 9024, 8896]);
});

test("when the session grows only the new records are asked for", async () => {
  const { asked, cache, loader, answerAll } = setUp(10);
  loader.want([0]);
  answerAll();
  await waitFor("the page is whole", () => cache.get(9));
  loader.setRecordCount(15);
  await waitFor("the growth is asked for", () => asked.length > 0);
  expect(asked.map(({ start, count }) => [start, count])).toEqual([[10, 5]]);
});

test("after a failure nothing is asked for until the reader tries again", async () => {
  const { asked, loader } = setUp(64);
  loader.want([0]);
  asked.splice(0)[0]?.fail(new Error("The bucket can't be reached."));
  await waitFor("the failure is known", () => loader.problem !== null);
  loader.want([1]);
  expect(asked).toHaveLength(0);
  expect(loader.problem?.message).toBe("The bucket can't be reached.");
  loader.retry();
  expect(asked).toHaveLength(1);
  expect(loader.problem).toBeNull();
});

test("an answer from before the session was opened anew is not taken", async () => {
  const { asked, cache, loader, changes } = setUp(64);
  loader.want([0]);
  const old = asked.splice(0)[0];
  loader.reset();
  loader.want([0]);
  expect(asked).toHaveLength(1);
  old?.answer(windowOf(0, 64));
  await Promise.resolve();
  expect(cache.get(0)).toBeUndefined();
  expect(changes()).toBe(0);
});

test("an answer that doesn't begin where it was asked to is a failure, not a loop", async () => {
  const { asked, loader } = setUp(64);
  loader.want([0]);
  asked.splice(0)[0]?.answer(windowOf(5, 10));
  await waitFor("the failure is known", () => loader.problem !== null);
  expect(asked).toHaveLength(0);
});
