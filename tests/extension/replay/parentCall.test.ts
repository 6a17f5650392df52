import { expect, test } from "vitest";
import type { ReplayRecord } from "../../../extension/src/protocol/messages";
import { callIn } from "../../../extension/src/replay/parentCall";
import type { SearchRequest } from "../../../extension/src/shared/messages";
import { event, record } from "../page/records";

/** A session whose search looks at one record at a time. */
function sessionOf(...records: ReplayRecord[]) {
  const asked: string[] = [];
  return {
    asked,
    window: async ({ start, count }: { start: number; count: number }) => ({
      ...{ start, records: records.slice(start, start + count), recordCount: records.length },
    }),
    search: async ({ query, start }: SearchRequest) => {
      asked.push(query);
      const found = records[start.index]?.events.find(({ text }) => text.value.includes(query));
      return {
        hits: found ? [{ index: start.index, field: found.field, start: 0, length: 1, inOutput: false }] : [],
        next: { ...start, index: start.index + 1 },
        ...{ isComplete: start.index + 1 >= records.length, problem: null, unsearched: [] },
      };
    },
  };
}

const text = (value: string) => ({ value, totalChars: value.length });
const child = sessionOf(record(0, [event({ kind: "prompt", text: text('\n  "Find" the parser\nin here') })]));

test("the call is found by the result that names the sub-agent", async () => {
  const parent = sessionOf(
    record(0),
    record(1, [event({ kind: "subAgent", text: text("Find"), partner: 3 })]),
    record(2),
    record(3, [event({ kind: "toolResult", text: text("agentId: a17"), partner: 1 })]),
  );
  expect(await callIn(parent, "s~agent-a17", child)).toBe(1);
});

test("while there is no result, or it names nobody, the call is found by its task", async () => {
  const parent = sessionOf(
    record(0),
    record(1, [event({ kind: "subAgent", text: text('"Find" the parser\nin here') })]),
  );
  expect(await callIn(parent, "s~agent-a17", child)).toBe(1);
  expect(parent.asked).toContain("Find");
  const other = sessionOf(record(0));
  expect(await callIn(other, "thread-2", child)).toBeUndefined();
});
