import { expect, test } from "vitest";
import { lookFor } from "../../../extension/src/page/list/lookingFor";
import type { ReplayStore } from "../../../extension/src/page/store/replayStore";
import { RequestError } from "../../../extension/src/shared/rpc";
import { event, record } from "./records";

const RECORDS = [
  record(0, [event({ kind: "prompt" })]),
  record(1, [event({ kind: "thinking" })]),
  record(2, [event({ kind: "reply" })]),
  record(3, [event({ kind: "toolResult", isError: true })]),
  record(4, [event({ kind: "reply" })]),
  record(5, [event({ kind: "prompt" })]),
];
const GROUP = { first: 1, last: 3 };
const NONE: readonly number[] = [];
const { signal } = new AbortController();

/** All of it in memory, but for `unread`; `folded`: the work between is. */
function storeOf({ folded = false, hidden = NONE, unread = NONE, away = NONE } = {}) {
  const isIn = (index: number): boolean => folded && index >= GROUP.first && index <= GROUP.last;
  const known = {
    bridge: { request: () => Promise.reject(new RequestError({ message: "Gone.", hint: "", retryable: false })) },
    layout: { isHidden: (index: number) => hidden.includes(index) || (isIn(index) && index > GROUP.first) },
    reading: {
      work: {
        closedAt: (index: number) => (isIn(index) ? GROUP : undefined),
        isFolded: (index: number) => isIn(index) && index > GROUP.first,
      },
      answers: { isAway: (index: number) => away.includes(index) },
    },
    finding: { filters: { saved: undefined, seen: (each: unknown) => each } },
    recordCount: RECORDS.length,
    wholeRecord: (index: number) => (unread.includes(index) ? undefined : RECORDS[index]),
  };
  return known as unknown as ReplayStore;
}

test("what is said within folded work is no turn of its own, in either direction", async () => {
  expect(await lookFor(storeOf(), "turn", 1, 1, signal)).toEqual({ index: 2, field: 0 });
  const store = storeOf({ folded: true });
  expect(await lookFor(store, "turn", 1, 1, signal)).toEqual({ index: 4, field: 0 });
  expect(await lookFor(store, "turn", 3, -1, signal)).toEqual({ index: 0, field: 0 });
});

test("an error is found in a result that is drawn elsewhere, below its call", async () => {
  expect(await lookFor(storeOf({ hidden: [3], away: [3] }), "error", 0, 1, signal)).toEqual({ index: 3, field: 0 });
});

test("an error within folded work is found, and what a filter hides is not", async () => {
  expect(await lookFor(storeOf({ folded: true }), "error", 0, 1, signal)).toEqual({ index: 3, field: 0 });
  expect(await lookFor(storeOf({ hidden: [4] }), "turn", 3, 1, signal)).toEqual({ index: 5, field: 0 });
  expect(await lookFor(storeOf({ hidden: [0] }), "prompt", 4, -1, signal)).toEqual({ message: "No earlier prompts" });
});

test("why nothing could be found out is told", async () => {
  const store = storeOf({ unread: [4] });
  expect(await lookFor(store, "prompt", 1, 1, signal)).toMatchObject({ message: "Gone." });
});
