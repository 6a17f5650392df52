import { expect, test } from "vitest";
import { findJump, type JumpDeps } from "../../../extension/src/page/store/jumps";
import type { ReplayRecord } from "../../../extension/src/protocol/messages";
import type { JumpRequest } from "../../../extension/src/shared/messages";
import { event, record } from "./records";

const edit = { callId: "1", name: "Edit", target: "a.py", action: "edit", paths: ["a.py"] } as const;

const RECORDS: readonly ReplayRecord[] = [
  record(0, [event({ kind: "prompt" })]),
  record(1, [event({ kind: "thinking" }), event({ kind: "toolCall", field: 1, tool: edit })]),
  record(2, [event({ kind: "toolResult", tool: edit, isError: true })]),
  record(3, [event({ kind: "error" })]),
];

function depsOf(change: Partial<JumpDeps> = {}, isComplete = true): { deps: JumpDeps; asked: JumpRequest[] } {
  const asked: JumpRequest[] = [];
  const deps: JumpDeps = {
    request: async (request) => {
      asked.push(request);
      const there = RECORDS.map(({ index }) => index).filter((index) =>
        request.wanted === "edit" ? index === 1 : index >= 2,
      );
      const ahead = there.filter((index) => index >= request.start)[0];
      const behind = there.filter((index) => index <= request.start).at(-1);
      return { index: (request.direction === "forward" ? ahead : behind) ?? null, isComplete };
    },
    record: async (index) => RECORDS[index],
    filter: null,
    isLeftOut: () => false,
    ...change,
  };
  return { deps, asked };
}

const { signal } = new AbortController();

test("a jump leads to the event itself, in both directions", async () => {
  const { deps } = depsOf();
  expect(await findJump(deps, "edit", 0, 1, signal)).toEqual({ index: 1, field: 1 });
  expect(await findJump(deps, "error", 3, 1, signal)).toEqual({ index: 3, field: 0 });
  expect(await findJump(deps, "error", 2, -1, signal)).toEqual({ index: 2, field: 0 });
});

test("where there is none, that is said, and whether more is to come", async () => {
  const { deps } = depsOf();
  expect(await findJump(deps, "error", 4, 1, signal)).toEqual({ message: "No further errors" });
  expect(await findJump(deps, "edit", 0, -1, signal)).toEqual({ message: "No earlier edits" });
  expect(await findJump(deps, "error", -1, -1, signal)).toEqual({ message: "No earlier errors" });
  const growing = depsOf({}, false).deps;
  expect(await findJump(growing, "edit", 2, 1, signal)).toEqual({
    message: "No further edits so far: still being read",
  });
});

test("what a filter leaves out is passed by", async () => {
  const { deps, asked } = depsOf({ isLeftOut: (index) => index === 2 });
  expect(await findJump(deps, "error", 0, 1, signal)).toEqual({ index: 3, field: 0 });
  expect(asked.map(({ start }) => start)).toEqual([0, 3]);
});
