import { expect, test } from "vitest";
import { modelBefore } from "../../../extension/src/page/store/models";
import { isOfSubAgent } from "../../../extension/src/page/store/nesting";
import { wholeText } from "../../../extension/src/page/store/wholeText";
import { markdownOf } from "../../../extension/src/page/text/copies";
import { relationOf } from "../../../extension/src/page/view/relation";
import type { ReplayRecord } from "../../../extension/src/protocol/messages";
import { event, record } from "./records";

const tool = (callId: string) => ({ callId, name: "Bash", target: "ls", action: "shell" as const, paths: [] });
const callOf = (id: string, partner: number, field = 0) =>
  event({ kind: "toolCall", field, tool: tool(id), partner, tookMs: 10 });
const resultOf = (id: string, partner: number, field = 0) =>
  event({ kind: "toolResult", field, tool: tool(id), partner });
const among = (records: readonly ReplayRecord[]) => (index: number) => records[index];

function isJoined(records: readonly ReplayRecord[], index: number, field = 0): boolean {
  const found = records[index];
  const wanted = found?.events[field];
  return found !== undefined && wanted !== undefined && relationOf(among(records), found, wanted).isJoined;
}

test("a call and the result right below it are one, bookkeeping between them or not", () => {
  const records = [record(0, [callOf("a", 2)]), record(1, []), record(2, [resultOf("a", 0)])];
  expect([isJoined(records, 0), isJoined(records, 2)]).toEqual([true, true]);
});

test("calls side by side keep their results apart", () => {
  const records = [
    ...[record(0, [callOf("a", 2)]), record(1, [callOf("b", 3)])],
    ...[record(2, [resultOf("a", 0)]), record(3, [resultOf("b", 1)])],
  ];
  expect([0, 1, 2, 3].map((index) => isJoined(records, index))).toEqual([false, false, false, false]);
  expect(relationOf(among(records), record(2), resultOf("a", 0)).partner?.record.index).toBe(0);
});

test("of a record with two calls only the last can be one with what follows", () => {
  const records = [record(0, [callOf("a", 1), callOf("b", 1, 1)]), record(1, [resultOf("b", 0)])];
  expect([isJoined(records, 0, 0), isJoined(records, 0, 1)]).toEqual([false, true]);
});

test("a call and its result in one record are one", () => {
  const records = [record(0, [callOf("a", 0), resultOf("a", 0, 1)])];
  expect([isJoined(records, 0, 0), isJoined(records, 0, 1)]).toEqual([true, true]);
});

test("a partner that is not in memory is none yet", () => {
  expect(relationOf(() => undefined, record(5), resultOf("a", 2))).toMatchObject({
    partner: undefined,
    isJoined: false,
  });
});

test("while the session is played a call doesn't tell of a result whose moment has not come", () => {
  const asked = callOf("a", 5);
  const [call, result] = [record(3, [asked]), record(5, [resultOf("a", 3)])];
  const records = [...Array.from({ length: 3 }, (_, index) => record(index)), call, record(4, []), result];
  const relationAt = (index: number) => relationOf(among(records), call, asked, { until: { index, field: 0 } });
  expect([3, 4].map(relationAt)).toEqual([
    { partner: undefined, isJoined: false, isSeen: false, isAhead: true },
    { partner: undefined, isJoined: false, isSeen: false, isAhead: true },
  ]);
  expect(relationAt(5)).toMatchObject({ isJoined: true, isAhead: false });
  const both = record(0, [callOf("a", 0), resultOf("a", 0, 1)]);
  const inside = (field: number) =>
    relationOf(among([both]), both, callOf("a", 0), { until: { index: 0, field } }).isAhead;
  expect([inside(0), inside(1)]).toEqual([true, false]);
});

test("a change of the model is told once, and not of what agents say themselves", () => {
  const models = ["m-1", null, "m-1", "<synthetic>", "m-2", "m-2"];
  const records = models.map((model, index) => ({ ...record(index), model }));
  expect(records.map((each) => modelBefore(among(records), each))).toEqual([
    ...[undefined, undefined, undefined, undefined, "m-1", undefined],
  ]);
});

test("a sub-agent's model changes nothing for its session", () => {
  const records = [
    { ...record(0), model: "m-1" },
    { ...record(1), model: "m-2", isSidechain: true },
    { ...record(2), model: "m-1" },
  ];
  expect(records.map((each) => modelBefore(among(records), each))).toEqual([undefined, undefined, undefined]);
});

test("a session is told to be a sub-agent's own by its id", () => {
  const target = { harness: "claude-code", title: "", origin: "auto" as const };
  expect(isOfSubAgent({ ...target, sessionId: "s1~agent-a1" })).toBe(true);
  expect(isOfSubAgent({ ...target, sessionId: "s1" })).toBe(false);
});

test("all of a long text is put together, however it is cut", async () => {
  const whole = "a😀bcdefgh";
  const request = async (offset: number) => ({
    offset,
    value: [...whole].slice(offset, offset + 3).join(""),
    totalChars: 9,
  });
  expect(await wholeText({ value: "a😀", totalChars: 9 }, request)).toBe(whole);
});

test("a text as Markdown can't break out of its fence, nor a target out of its code", () => {
  const call = event({ kind: "toolCall", tool: { ...tool("a"), target: "echo `date`" } });
  expect(markdownOf(call, "Bash", "x\n```\ny")).toBe("**Bash** `` echo `date` ``\n\n````\nx\n```\ny\n````");
  expect(markdownOf(event({ kind: "reply", format: "markdown" }), "Reply", "# hi")).toBe("# hi");
});
