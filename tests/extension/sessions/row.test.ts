import { describe, expect, test } from "vitest";
import { rowOf } from "../../../extension/src/sessions/row";
import { session } from "../support/samples";

const NOW = 1_000_000 + 5 * 60_000;

test("a row tells state, agent, age, size and parts, the state first, where a narrow side bar does not cut it", () => {
  expect(rowOf(session(), NOW)).toMatchObject({
    label: "Fix the flaky test",
    description: "mirrored · Claude Code · 5 min · 12 kB · 3 parts",
    accessibleLabel: "Fix the flaky test, mirrored, Claude Code, 5 min, 12 kB, 3 parts",
  });
});

test("a lag is told, and only then", () => {
  const behind = rowOf(session({ state: "behind", lagBytes: 4_000 }), NOW);
  expect(behind.description).toBe("mirroring · 4.0 kB behind · Claude Code · 5 min · 12 kB · 3 parts");
  expect(rowOf(session(), NOW).description).not.toContain("behind");
});

test.each(["elsewhere", "otherMachine"] as const)("what is left to others is not called behind (%s)", (state) => {
  expect(rowOf(session({ state, lagBytes: 4_000 }), NOW).description).not.toContain("behind");
});

describe("the words for a state", () => {
  test.each([
    [session({ state: "bucketOnly" }), "only in bucket", "Only in your bucket."],
    [session({ state: "bucketOnly", machine: null }), "in the bucket", "in the bucket"],
    [session({ state: "elsewhere" }), "other window", "Mirrored by another window."],
    [session({ state: "otherMachine", machine: "workstation" }), "on workstation", "Mirrored by workstation."],
    [session({ state: "otherMachine", machine: null }), "on another machine", "Mirrored by another machine."],
    [session({ state: "waiting" }), "waiting", "Waiting for its agent."],
  ])("tell who has it, shortly in the row and in full in the tooltip (%#)", (summary, words, meaning) => {
    const row = rowOf(summary, NOW);
    expect(row.description.startsWith(`${words} · `)).toBe(true);
    expect(row.details[0]?.value.startsWith(meaning)).toBe(true);
  });
});

test("a session without a file here has the stream's size", () => {
  const row = rowOf(session({ state: "bucketOnly", sourcePath: null, sourceBytes: 0, streamBytes: 7_000 }), NOW);
  expect(row.description).toBe("only in bucket · Claude Code · 5 min · 7.0 kB · 3 parts");
});

test("no state but mirrored has the tick, and each state looks its own way", () => {
  const states = [
    "live",
    "mirrored",
    "behind",
    "waiting",
    "elsewhere",
    "otherMachine",
    "error",
    "stopped",
    "bucketOnly",
  ] as const;
  const rows = states.map((state) => rowOf(session({ state }), NOW));
  expect(rows.filter(({ icon }) => icon === "check")).toHaveLength(1);
  expect(new Set(rows.map(({ icon }) => icon)).size).toBe(states.length);
  expect(new Set(rows.map(({ badge }) => badge.drawing)).size).toBe(states.length);
});

describe("the menu", () => {
  test.each([
    [session(), "session onDisk followed inBucket"],
    [session({ state: "stopped" }), "session onDisk stopped inBucket"],
    [session({ sourcePath: null, state: "bucketOnly" }), "session inBucket"],
    [session({ partCount: 0 }), "session onDisk followed"],
    [session({ state: "bucketOnly" }), "session inBucket"],
    [session({ state: "otherMachine", sourceBytes: 0 }), "session inBucket"],
    [session({ state: "otherMachine" }), "session onDisk followed inBucket"],
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
  const long = rowOf(session({ title: "Explain at length ".repeat(9), state: "elsewhere" }), NOW);
  expect(long.shortLabel).toBe("Explain at length E…");
  expect(row.accessibleLabel).toContain("Explain at length Explain at length");
});

test("a waiting session has the mirror's size, not that of what is left of its file", () => {
  const row = rowOf(session({ state: "waiting", sourceBytes: 3, streamBytes: 7_000 }), NOW);
  expect(row.description).toContain("7.0 kB");
});

test("the details tell the layout in the bucket", () => {
  const { details } = rowOf(session({ partCount: 12, streamBytes: 3_000_000 }), NOW);
  expect(details).toContainEqual({ name: "In the bucket", value: "12 parts, 3.0 MB" });
});

describe("a verification", () => {
  const at = NOW - 3 * 60 * 60_000;
  const faulty = { atMs: at, problem: "A part ends at byte 7, in the middle of a line." };

  test("that found nothing wrong is told in the details only", () => {
    const row = rowOf(session({ verified: { atMs: at, problem: null } }), NOW);
    expect(row.details).toContainEqual({ name: "Last verified", value: "3 h ago, nothing wrong" });
    expect({ ...row, details: [] }).toEqual({ ...rowOf(session(), NOW), details: [] });
    expect(rowOf(session(), NOW).details).toContainEqual({ name: "Last verified", value: "never" });
  });

  test("that found something wrong is the first that the row says, in the colour of warnings", () => {
    const row = rowOf(session({ verified: faulty }), NOW);
    expect(row).toMatchObject({ icon: "warning", color: "problemsWarningIcon.foreground" });
    expect(row.description).toBe("faulty · mirrored · Claude Code · 5 min · 12 kB · 3 parts");
    expect(row.accessibleLabel).toContain("faulty, mirrored");
    expect(row.details).toContainEqual({ name: "Last verified", value: `3 h ago. ${faulty.problem}` });
  });

  test("does not hide that a session can't be mirrored", () => {
    const row = rowOf(session({ state: "error", verified: faulty }), NOW);
    expect(row).toMatchObject({ icon: "error", description: expect.stringMatching(/^faulty · problem · /) });
  });
});

test("what a session costs is told where the bucket has a price, and something is in it", () => {
  const hasCost = (row: ReturnType<typeof rowOf>) => row.details.some(({ value }) => value.includes("Compact Session"));
  expect(hasCost(rowOf(session(), NOW, { hasPrices: true }))).toBe(true);
  expect(hasCost(rowOf(session(), NOW))).toBe(false);
  expect(hasCost(rowOf(session({ partCount: 0 }), NOW, { hasPrices: true }))).toBe(false);
});

test("only a session with a past can be unfolded", () => {
  expect(rowOf(session(), NOW).hasChildren).toBe(false);
  expect(rowOf(session({ historyCount: 1 }), NOW).hasChildren).toBe(true);
});

test("the details tell the problem with its remedy, and the masked secrets", () => {
  const problem = { kind: "auth", message: "Access denied.", hint: "Check the keys.", retryable: true } as const;
  const { details } = rowOf(session({ state: "error", problem, redactionCount: 4 }), NOW);
  expect(details).toContainEqual({ name: "Problem", value: "Access denied. Check the keys." });
  expect(details).toContainEqual({ name: "Secrets masked", value: "4" });
});

describe("the agent", () => {
  const agentOf = (changes: Parameters<typeof session>[0]) =>
    rowOf(session(changes), NOW).details.find(({ name }) => name === "Agent")?.value;

  test("is told by the name that people use, and one that only the bucket knows by its id", () => {
    expect(agentOf({ harness: "codex" })).toBe("Codex");
    expect(agentOf({ harness: "some-agent" })).toBe("some-agent");
  });

  test("is not said again below its name", () => {
    expect(rowOf(session(), NOW, { isGrouped: true }).description).toBe("mirrored · 5 min · 12 kB · 3 parts");
  });

  test("that another tool drives says so in the row and in the tooltip", () => {
    const driven = { drivenBy: "OpenClaw" };
    expect(rowOf(session(driven), NOW).description).toContain("mirrored · Claude Code through OpenClaw · ");
    expect(agentOf(driven)).toBe("Claude Code through OpenClaw");
  });
});

describe("a sub-agent", () => {
  const subAgent = session({ sessionId: "s~agent-1", parentId: "s", title: "Explore: find the tests" });

  test("offers what sessions offer, and menus can tell it apart", () => {
    const row = rowOf(subAgent, NOW, { isNested: true });
    expect(row.contextValue).toBe("session subAgent onDisk followed inBucket");
  });

  test("below its session need not say whose agent it is; by itself it says what it belongs to", () => {
    const nested = rowOf(subAgent, NOW, { isNested: true });
    expect(nested.description).toBe("mirrored · 5 min · 12 kB · 3 parts");
    const alone = rowOf(subAgent, NOW);
    expect(alone.description).toContain("Claude Code");
    expect(alone.details).toContainEqual({ name: "Sub-agent of", value: "s, which is not in this list" });
    expect(nested.details.map(({ name }) => name)).not.toContain("Sub-agent of");
  });

  test.each(["live", "behind"] as const)("that runs makes a quiet session live (%s)", (state) => {
    const running = { subAgents: [{ ...subAgent, state }, subAgent] };
    const row = rowOf(session(), NOW, running);
    expect(row).toMatchObject({ icon: "record", hasChildren: true });
    expect(row.details).toContainEqual({ name: "Sub-agents", value: "2, running: 1" });
    expect(rowOf(session({ state: "stopped" }), NOW, running).icon).toBe("debug-pause");
  });
});
