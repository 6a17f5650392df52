/** Messages with plain values; a test changes what it is about. */

import type { Health, HistoryEntry, SessionSummary } from "../../../extension/src/protocol/messages";

export function session(changes: Partial<SessionSummary> = {}): SessionSummary {
  return {
    harness: "claude-code",
    sessionId: "11111111-2222-3333-4444-555555555555",
    title: "Fix the flaky test",
    cwd: "/home/ada/app",
    sourcePath: "/home/u/.claude/projects/-work-app/11111111.jsonl",
    state: "mirrored",
    problem: null,
    startedAtMs: 1_000_000,
    modifiedAtMs: 1_000_000,
    sourceBytes: 12_345,
    mirroredSourceBytes: 12_345,
    streamBytes: 12_000,
    partCount: 3,
    redactionCount: 2,
    lagBytes: 0,
    machine: "laptop",
    generation: 1,
    historyCount: 0,
    verified: null,
    parentId: null,
    agent: "",
    drivenBy: null,
    ...changes,
  };
}

export function past(changes: Partial<HistoryEntry> = {}): HistoryEntry {
  return {
    sessionId: "11111111-2222-3333-4444-555555555555~g1",
    generation: 1,
    cause: "rewritten",
    machine: "laptop",
    startedAtMs: 900_000,
    endedAtMs: 1_000_000,
    streamBytes: 3_000_000,
    partCount: 12,
    verified: null,
    ...changes,
  };
}

export function health(changes: Partial<Health> = {}): Health {
  return {
    phase: "watching",
    destinationLabel: "/home/u/.local/state/session-mirror",
    sessionCount: 12,
    liveCount: 2,
    behindCount: 0,
    elsewhereCount: 0,
    errorCount: 0,
    lagBytes: 0,
    lagMs: 0,
    caughtUpBytes: 0,
    lastFlushAtMs: 1_000_000,
    uploadedBytes: 5_000,
    redactionCount: 0,
    watching: "events",
    watchingHint: "",
    problem: null,
    findings: [],
    ...changes,
  };
}
