import { describe, expect, test } from "vitest";
import { rowOf } from "../../../extension/src/sessions/row";
import { session } from "../support/samples";

const NOW = 1_000_000 + 5 * 60_000;

test("a row tells state, age and size", () => {
  expect(rowOf(session(), NOW)).toMatchObject({
    label: "Fix the flaky test",
    description: "5 min · 12 kB · mirrored",
    accessibleLabel: "Fix the flaky test, 5 min, 12 kB, mirrored",
  });
});

test("a lag is told, and only then", () => {
  const behind = rowOf(session({ state: "behind", lagBytes: 4_000 }), NOW);
  expect(behind.description).toBe("5 min · 12 kB · mirroring · 4.0 kB behind");
  expect(rowOf(session(), NOW).description).not.toContain("behind");
});

test("a session without a file here has the stream's size", () => {
  const row = rowOf(session({ state: "bucketOnly", sourcePath: null, sourceBytes: 0, streamBytes: 7_000 }), NOW);
  expect(row.description).toBe("5 min · 7.0 kB · in the bucket");
});

test("no state but mirrored has the tick, and each state looks its own way", () => {
  const states = ["live", "mirrored", "behind", "elsewhere", "error", "stopped", "bucketOnly"] as const;
  const icons = states.map((state) => rowOf(session({ state }), NOW).icon);
  expect(icons.filter((icon) => icon === "check")).toHaveLength(1);
  expect(new Set(icons).size).toBe(states.length);
});

describe("the menu", () => {
  test.each([
    [session(), "session onDisk followed inBucket"],
    [session({ state: "stopped" }), "session onDisk stopped inBucket"],
    [session({ sourcePath: null, state: "bucketOnly" }), "session inBucket"],
    [session({ partCount: 0 }), "session onDisk followed"],
  ])("offers what fits (%#)", (summary, words) => {
    expect(rowOf(summary, NOW).contextValue).toBe(words);
  });
});

test("a title from outside stays one line of text, and a missing one is the id", () => {
  expect(rowOf(session({ title: "a\nb$(error)" }), NOW).label).toBe("a b$\u200b(error)");
  expect(rowOf(session({ title: " \n", sessionId: "abc" }), NOW).label).toBe("abc");
});

test("a long title leaves room for state, age and size, and is told in full to who cannot see", () => {
  const row = rowOf(session({ title: "Explain at length ".repeat(9) }), NOW);
  expect(row.shortLabel.length).toBeLessThanOrEqual(24);
  expect(row.accessibleLabel).toContain("Explain at length Explain at length");
});

test("the details tell the problem with its remedy, and the masked secrets", () => {
  const problem = { kind: "auth", message: "Access denied.", hint: "Check the keys.", retryable: true } as const;
  const { details } = rowOf(session({ state: "error", problem, redactionCount: 4 }), NOW);
  expect(details).toContainEqual({ name: "Problem", value: "Access denied. Check the keys." });
  expect(details).toContainEqual({ name: "Secrets masked", value: "4" });
});
