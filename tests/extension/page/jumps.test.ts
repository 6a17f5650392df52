import { expect, test } from "vitest";
import { findJump, type JumpDeps, type Wanted } from "../../../extension/src/page/store/jumps";
import type { ReplayRecord } from "../../../extension/src/protocol/messages";
import type { JumpRequest } from "../../../extension/src/shared/messages";
import { event, record } from "./records";

const edit = { callId: "1", name: "Edit", target: "a.py", action: "edit", paths: ["a.py"] } as const;

const RECORDS: readonly ReplayRecord[] = [
  record(0, [event({ kind: "system" }), event({ kind: "prompt", field: 1 })]),
  record(1, [event({ kind: "thinking" }), event({ kind: "toolCall", field: 1, tool: edit })]),
  record(2, [event({ kind: "toolResult", tool: edit, isError: true })]),
  record(3, [event({ kind: "error" })]),
  record(4, [event({ kind: "reply" })]),
  { ...record(5, [event({ kind: "prompt" })]), isSidechain: true },
  record(6, [event({ kind: "prompt" })]),
];
/** Where the helper says that there is one. */
const TOLD: Record<Wanted, readonly number[]> = { prompt: [0, 6], turn: [0, 4, 6], error: [2, 3], edit: [1] };

function depsOf(change: Partial<JumpDeps> = {}, isComplete = true): { deps: JumpDeps; asked: JumpRequest[] } {
  const asked: JumpRequest[] = [];
  const deps: JumpDeps = {
    request: async (request) => {
      asked.push(request);
      const ahead = TOLD[request.wanted].find((index) => index >= request.start);
      const behind = TOLD[request.wanted].findLast((index) => index <= request.start);
      return { index: (request.direction === "forward" ? ahead : behind) ?? null, isComplete };
    },
    recordCount: () => RECORDS.length,
    inMemory: () => undefined,
    load: async (index) => RECORDS[index],
    filter: null,
    seen: (each) => each,
    beyond: () => undefined,
    ...change,
  };
  return { deps, asked };
}

const { signal } = new AbortController();
const inMemory = (index: number) => RECORDS[index];

const WAYS = [
  ["edit", 0, 1, { index: 1, field: 1 }],
  ["error", 3, 1, { index: 3, field: 0 }],
  ["error", 2, -1, { index: 2, field: 0 }],
  ["turn", 0, 1, { index: 0, field: 1 }],
  ["prompt", 1, 1, { index: 6, field: 0 }],
  ["prompt", 5, -1, { index: 0, field: 1 }],
  ["turn", 1, 1, { index: 4, field: 0 }],
  ["turn", 3, -1, { index: 0, field: 1 }],
] as const;

test.each(WAYS)("the way to the next %s from record %d on (%d) leads to the event, by one question", async (...way) => {
  const [wanted, from, step, place] = way;
  const { deps, asked } = depsOf();
  expect(await findJump(deps, wanted, from, step, signal)).toEqual(place);
  expect(asked).toHaveLength(1);
});

test.each(WAYS)("the way to the next %s from record %d on (%d) is the same in memory", async (...way) => {
  const [wanted, from, step, place] = way;
  const { deps, asked } = depsOf({ inMemory });
  expect(await findJump(deps, wanted, from, step, signal)).toEqual(place);
  // Only what a sub-agent was asked may be either.
  expect(asked.map(({ start }) => start)).toEqual(wanted === "prompt" ? [5] : []);
});

test("where memory ends, the helper goes on", async () => {
  const { deps, asked } = depsOf({ inMemory: (index) => (index <= 3 ? RECORDS[index] : undefined) });
  expect(await findJump(deps, "prompt", 1, 1, signal)).toEqual({ index: 6, field: 0 });
  expect(asked.map(({ start }) => start)).toEqual([4]);
});

test("where there is none, that is said, and whether more is to come", async () => {
  const { deps } = depsOf();
  expect(await findJump(deps, "error", 4, 1, signal)).toEqual({ message: "No further errors" });
  expect(await findJump(deps, "edit", 0, -1, signal)).toEqual({ message: "No earlier edits" });
  expect(await findJump(deps, "error", -1, -1, signal)).toEqual({ message: "No earlier errors" });
  expect(await findJump(deps, "prompt", RECORDS.length, 1, signal)).toEqual({ message: "No further prompts" });
  const growing = depsOf({}, false).deps;
  expect(await findJump(growing, "edit", 2, 1, signal)).toEqual({
    message: "No further edits so far: still being read",
  });
  const unread = depsOf({ request: async () => ({ index: null, isComplete: false }) }).deps;
  expect(await findJump(unread, "turn", 5, -1, signal)).toEqual({
    message: "No earlier turns so far: still being read",
  });
});

test("what a filter or a fold leaves out is passed by, as a whole", async () => {
  const { deps, asked } = depsOf({ beyond: (index) => (index === 2 ? 3 : undefined) });
  expect(await findJump(deps, "error", 0, 1, signal)).toEqual({ index: 3, field: 0 });
  expect(asked.map(({ start }) => start)).toEqual([0, 3]);
  const folded = depsOf({ beyond: (index, step) => (index === 4 ? index + 2 * step : undefined) });
  expect(await findJump(folded.deps, "turn", 3, 1, signal)).toEqual({ index: 6, field: 0 });
  expect(folded.asked.map(({ start }) => start)).toEqual([3, 6]);
});

test("a record that is shown for another of its events is passed by", async () => {
  const seen = (each: ReplayRecord) => ({ ...each, events: each.events.filter(({ kind }) => kind !== "prompt") });
  for (const change of [{}, { inMemory }]) {
    const { deps } = depsOf({ ...change, seen });
    expect(await findJump(deps, "turn", 0, 1, signal)).toEqual({ index: 4, field: 0 });
  }
});

test("of a line that is shown as it stands in the session the helper knows what it is", async () => {
  const long = record(6, [event({ kind: "opaque" })]);
  for (const inMemory of [() => undefined, () => long]) {
    const { deps } = depsOf({ inMemory, load: async () => long });
    expect(await findJump(deps, "prompt", 6, 1, signal)).toEqual({ index: 6, field: 0 });
  }
});

test("a jump that was given up asks for nothing more", async () => {
  const search = new AbortController();
  const { deps, asked } = depsOf({
    beyond: (index, step) => {
      search.abort();
      return index + step;
    },
  });
  await findJump(deps, "error", 0, 1, search.signal);
  expect(asked).toHaveLength(1);
});
