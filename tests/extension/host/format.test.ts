import { describe, expect, test } from "vitest";
import { formatAge, formatBytes, formatDuration, oneLine } from "../../../extension/src/host/format";

test.each([
  [0, "0 B"],
  [-5, "0 B"],
  [999, "999 B"],
  [1000, "1.0 kB"],
  [9_940, "9.9 kB"],
  [12_345, "12 kB"],
  [999_499, "999 kB"],
  [999_500, "1.0 MB"],
  [3_400_000_000, "3.4 GB"],
])("%s bytes read %s", (bytes, text) => {
  expect(formatBytes(bytes)).toBe(text);
});

const MINUTE = 60_000;
test.each([
  [-1, "now"],
  [59_999, "now"],
  [MINUTE, "1 min"],
  [59 * MINUTE, "59 min"],
  [60 * MINUTE, "1 h"],
  [48 * 60 * MINUTE, "2 d"],
  [800 * 24 * 60 * MINUTE, "2 y"],
])("an age of %s ms reads %s", (ms, text) => {
  expect(formatAge(ms)).toBe(text);
});

test.each([
  [300, "0.3 s"],
  [12_900, "12 s"],
  [61_000, "1 min"],
])("a duration of %s ms reads %s", (ms, text) => {
  expect(formatDuration(ms)).toBe(text);
});

describe("text from outside", () => {
  test("becomes one line without control or direction characters", () => {
    expect(oneLine("a\r\n\tb\u0000c\u2028d\u202ee ")).toBe("a b c de");
  });

  test("cannot bring in icons", () => {
    expect(oneLine("$(error) x")).not.toContain("$(");
  });

  test("is cut between characters, never inside one", () => {
    expect(oneLine("😀".repeat(10), 4)).toBe("😀😀😀…");
  });
});
