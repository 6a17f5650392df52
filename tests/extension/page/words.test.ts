import { expect, test } from "vitest";
import {
  belowFolder,
  codePoints,
  firstLine,
  formatBytes,
  formatClock,
  formatCount,
  formatDuration,
  isTime,
  jsonInLine,
  lineCount,
} from "../../../extension/src/page/format";
import { sizeOf } from "../../../extension/src/page/tools/outcome";
import { lookOf, summaryOf } from "../../../extension/src/page/view/eventLook";
import { event } from "./records";

const text = (value: string, totalChars = value.length) => ({ value, totalChars });

test("code points are counted as the helper counts them, lone surrogates too", () => {
  for (const sample of ["", "abc", "😀", "a😀b", "\ud83d", "\ude00\ud83d", "\ud83d\ud83d\ude00"]) {
    expect(codePoints(sample)).toBe([...sample].length);
  }
});

test("whole numbers are grouped by thousands", () => {
  expect([0, 999, 999.6, 1000, 123_456, 1_234_567].map(formatCount)).toEqual([
    ...["0", "999", "1,000", "1,000", "123,456", "1,234,567"],
  ]);
});

test("sizes are told in the unit that suits them", () => {
  expect([0, 999, 1000, 1_234_567, 5e9].map(formatBytes)).toEqual(["0 B", "999 B", "1 KB", "1.2 MB", "5 GB"]);
});

test("a time is told to the second, in 24 hours", () => {
  expect(formatClock(Date.UTC(2026, 0, 1, 0, 5, 9))).toMatch(/^\d\d:\d5:09$/);
});

test("a duration is told in the unit that suits it", () => {
  const told = [0, 440, 9900, 12_000, 59_900, 240_000, 3_600_000, 4_320_000].map(formatDuration);
  expect(told).toEqual(["0 s", "0.4 s", "9.9 s", "12 s", "1 min", "4 min", "1 h", "1 h 12 min"]);
});

test("paths are told from the session's folder on", () => {
  expect(belowFolder("/home/ada/shop/src/a.ts", "/home/ada/shop")).toBe("src/a.ts");
  expect(belowFolder("x in /home/ada/shopping", "/home/ada/shop")).toBe("x in /home/ada/shopping");
  expect(belowFolder("x in /home/ada/shop", "/home/ada/shop")).toBe("x");
  expect(belowFolder("/home/ada/shop", "/home/ada/shop")).toBe(".");
  expect(belowFolder("/etc/hosts", "/")).toBe("/etc/hosts");
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

test("a result that stands far from its call says whose it is; one right below it does not", () => {
  const call = { callId: "1", name: "Bash", target: "npm test", action: "shell" as const, paths: [] };
  const result = event({ kind: "toolResult", text: text("Exit code 1\nit broke"), isError: true });
  expect(lookOf(result, call).name).toBe("Failed: Bash");
  expect(summaryOf(result, call, false)).toBe("npm test → it broke");
  expect(summaryOf(result, call, true)).toBe("it broke");
});

test("what the reader stopped is told as an interruption, whatever the agent calls it", () => {
  for (const label of ["interrupted", "turn_aborted", "turn aborted"]) {
    expect(lookOf(event({ kind: "system", label })).name).toBe("Interrupted");
  }
});

test("errors are never folded away", () => {
  expect(lookOf(event({ kind: "error" })).layout).toBe("notice");
  expect(lookOf(event({ kind: "system", isError: true })).layout).toBe("notice");
});

test("pretty-printed JSON is told in one line, not by its bracket", () => {
  expect(jsonInLine('{\n  "used": 12,\n  "left": 3\n}')).toBe('{ "used": 12, "left": 3 }');
  expect(jsonInLine(`[${"1, ".repeat(1000)}]`)).toHaveLength(241);
});

test("what went wrong, and what was forgotten, is told in words", () => {
  const nameOf = (label: string) => lookOf(event({ kind: "error", label })).name;
  expect(["api_error", "rateLimit", "overloaded", ""].map(nameOf)).toEqual([
    ...["API error", "Rate limit", "Overloaded", "Error"],
  ]);
  const compacted = (label: string, value: string) =>
    summaryOf(event({ kind: "compaction", label, format: "markdown", text: text(value) }));
  expect([
    compacted("compact_boundary", "Conversation compacted (auto, 155,000 tokens before)"),
    compacted("155,000 tokens before, 21,000 tokens after", "They ran the tests."),
    compacted("summary", "They ran the tests."),
  ]).toEqual([
    "Conversation compacted (auto, 155,000 tokens before)",
    "155,000 tokens before, 21,000 tokens after: They ran the tests.",
    "Summary: They ran the tests.",
  ]);
  const stopped = (value: string) => summaryOf(event({ kind: "system", label: "interrupted", text: text(value) }));
  expect([stopped("interrupted"), stopped("[Request interrupted by user]")]).toEqual([
    ...["The agent was stopped", "Request interrupted by user"],
  ]);
});

test("a line tells Markdown without its signs", () => {
  const thought = event({ kind: "thinking", format: "markdown", text: text("## **Plan** of `it`") });
  expect(summaryOf(thought)).toBe("Plan of it");
});
