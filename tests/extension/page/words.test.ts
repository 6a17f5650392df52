import { expect, test } from "vitest";
import {
  codePoints,
  firstLine,
  formatBytes,
  formatClock,
  isTime,
  jsonInLine,
  lineCount,
} from "../../../extension/src/page/format";
import { lookOf, sizeOf, summaryOf } from "../../../extension/src/page/view/eventLook";
import { argumentsOf } from "../../../extension/src/page/view/JsonText";
import { event } from "./records";

const text = (value: string, totalChars = value.length) => ({ value, totalChars });

test("code points are counted as the helper counts them, lone surrogates too", () => {
  for (const sample of ["", "abc", "😀", "a😀b", "\ud83d", "\ude00\ud83d", "\ud83d\ud83d\ude00"]) {
    expect(codePoints(sample)).toBe([...sample].length);
  }
});

test("sizes are told in the unit that suits them", () => {
  expect([0, 999, 1000, 1_234_567, 5e9].map(formatBytes)).toEqual(["0 B", "999 B", "1 KB", "1.2 MB", "5 GB"]);
});

test("a time is told to the second, in 24 hours", () => {
  expect(formatClock(Date.UTC(2026, 0, 1, 0, 5, 9))).toMatch(/^\d\d:\d5:09$/);
});

test("a time that no clock can show is none", () => {
  expect([isTime(null), isTime(9e15), isTime(0)]).toEqual([false, false, true]);
});

test("the first line is the first with something in it, cut to fit", () => {
  expect(firstLine("\n\n  one  \ntwo")).toBe("one");
  expect(firstLine("x".repeat(1000))).toHaveLength(241);
  expect(firstLine(" \n ")).toBe("");
});

test("a final line break begins no new line", () => {
  expect([lineCount(""), lineCount("a"), lineCount("a\n"), lineCount("a\nb")]).toEqual([0, 1, 1, 2]);
});

test("a folded tool call tells the tool and what it acts on", () => {
  const call = event({
    kind: "toolCall",
    format: "json",
    tool: { callId: "1", name: "Bash", target: "npm test", action: "shell" as const, paths: [] },
    text: text('{"command":"npm test"}'),
  });
  expect([lookOf(call).name, summaryOf(call), sizeOf(call)]).toEqual(["Bash", "npm test", ""]);
});

test("a folded result tells its first line and how much there is", () => {
  const result = event({ kind: "toolResult", text: text("one\ntwo\nthree\n") });
  expect([lookOf(result).name, summaryOf(result), sizeOf(result)]).toEqual(["Result", "one", "3 lines"]);
  expect(sizeOf(event({ kind: "toolResult", text: text("one", 90_000) }))).toMatch(/^90.?000 characters$/);
});

test("a failed result says so in words", () => {
  expect(lookOf(event({ kind: "toolResult", isError: true })).name).toBe("Failed");
});

test("errors are never folded away", () => {
  expect(lookOf(event({ kind: "error" })).layout).toBe("notice");
  expect(lookOf(event({ kind: "system", isError: true })).layout).toBe("notice");
});

test("a tool's input is told argument by argument when it is an object, and not torn apart when it isn't", () => {
  expect(argumentsOf('{"a":"x","b":[1]}')).toEqual([
    ["a", "x"],
    ["b", "[\n  1\n]"],
  ]);
  for (const other of ["[1]", '"x"', "{", "", "null"]) {
    expect(argumentsOf(other)).toBeUndefined();
  }
});

test("pretty-printed JSON is told in one line, not by its bracket", () => {
  expect(jsonInLine('{\n  "used": 12,\n  "left": 3\n}')).toBe('{ "used": 12, "left": 3 }');
  expect(jsonInLine(`[${"1, ".repeat(1000)}]`)).toHaveLength(241);
});
