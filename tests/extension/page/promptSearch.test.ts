import { expect, test } from "vitest";
import { findPrompt, promptIn } from "../../../extension/src/page/store/promptSearch";
import type { ReplayRecord } from "../../../extension/src/protocol/messages";
import { event, record, windowOf } from "./records";

function session(count: number, prompts: readonly number[], atMost = 1024) {
  const requests: number[] = [];
  const make = (index: number): ReplayRecord =>
    record(index, prompts.includes(index) ? [event(), event({ kind: "prompt", field: 1 })] : [event()]);
  const deps = {
    cached: (): ReplayRecord | undefined => undefined,
    request: async (start: number, asked: number) => {
      requests.push(start);
      return windowOf(start, Math.min(asked, count - start), make, atMost);
    },
    recordCount: () => count,
    onProgress: () => undefined,
  };
  return { deps, requests, make };
}

const { signal } = new AbortController();

test("finds the next prompt far beyond what is in memory", async () => {
  const { deps } = session(5000, [10, 4321]);
  expect(await findPrompt(deps, 11, 1, signal)).toEqual({ index: 4321, field: 1 });
});

test("finds the nearest earlier prompt, not the first of the window", async () => {
  const { deps } = session(5000, [3000, 3100, 4000], 7);
  expect(await findPrompt(deps, 3999, -1, signal)).toEqual({ index: 3100, field: 1 });
});

test("the record it starts at counts", async () => {
  const { deps } = session(100, [50]);
  expect(await findPrompt(deps, 50, 1, signal)).toEqual({ index: 50, field: 1 });
});

test("says so when there is none, in both directions", async () => {
  const { deps } = session(1000, [500]);
  expect(await findPrompt(deps, 501, 1, signal)).toBeUndefined();
  expect(await findPrompt(deps, 499, -1, signal)).toBeUndefined();
  expect(await findPrompt(deps, 1000, 1, signal)).toBeUndefined();
  expect(await findPrompt(deps, -1, -1, signal)).toBeUndefined();
});

test("what is in memory isn't asked for", async () => {
  const { deps, requests, make } = session(100, [90]);
  expect(await findPrompt({ ...deps, cached: make }, 0, 1, signal)).toEqual({ index: 90, field: 1 });
  expect(requests).toEqual([]);
});

test("a search given up asks for nothing more and finds nothing", async () => {
  const { deps, requests } = session(100_000, [99_999]);
  const search = new AbortController();
  const found = findPrompt({ ...deps, onProgress: () => search.abort() }, 0, 1, search.signal);
  expect(await found).toBeUndefined();
  expect(requests).toHaveLength(1);
});

test("what a sub-agent was asked is no prompt", () => {
  expect(promptIn({ ...record(1, [event({ kind: "prompt" })]), isSidechain: true })).toBeUndefined();
});
