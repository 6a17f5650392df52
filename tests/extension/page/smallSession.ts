/** A session of six records, with an event of every kind that a page is tested by, and what hosts tell of it. */

import type { ReplayRecord } from "../../../extension/src/protocol/messages";
import type { Snapshot, StatisticsResult } from "../../../extension/src/shared/messages";
import { event, record } from "./records";

const text = (value: string) => ({ value, totalChars: value.length });
const tool = { callId: "1", name: "Bash", target: "npm test", action: "shell" as const, paths: [] };

export const RECORDS: readonly ReplayRecord[] = [
  record(0, [event({ kind: "prompt", text: text("Fix it, please") })]),
  record(1, []),
  record(2, [event({ kind: "thinking", text: text("Let me think.\nMore thoughts.") })]),
  record(3, [event({ kind: "toolCall", tool, format: "json", text: text('{"command":"npm test"}') })]),
  record(4, [event({ kind: "toolResult", tool, isError: true, text: text("Exit code 1\nno"), attachment: "b1.txt" })]),
  { ...record(5, [event({ text: { value: "It is", totalChars: 9 } })]), isSidechain: true },
];

export const OPEN: Snapshot = {
  target: { harness: "claude-code", sessionId: "s1", title: "My session", origin: "auto" },
  phase: "open",
  opening: 1,
  edition: 1,
  info: {
    ...{
      title: "My session",
      origin: "bucket",
      cwd: null,
      recordCount: RECORDS.length,
      analysedCount: 0,
      totalBytes: 2048,
      missingBytes: 0,
    },
    ...{
      isLive: false,
      redacted: true,
      problem: null,
      standing: "current",
      machine: null,
      harness: "claude-code",
      parentId: null,
    },
  },
  problem: null,
  progress: "",
};

const TOKENS = { input: 10, output: 20, cacheRead: 1_234_000, cacheWrite: 0, reasoning: 5, total: 1_234_030 };
export const STATISTICS: StatisticsResult = {
  statistics: {
    ...{ lines: 6, bookkeeping: 1, firstAtMs: null, lastAtMs: null, tokens: TOKENS },
    events: [{ name: "prompt", count: 1 }],
    tools: [{ name: "Bash", count: 2 }],
    models: [{ model: "m-1", tokens: TOKENS }],
  },
  ...{ isComplete: true, images: 0, imageBytes: 0 },
};

export const WORK = { first: 2, last: 4, records: 3, calls: 1, failed: 1, files: 0, changedFiles: 0, tookMs: 2000 };
