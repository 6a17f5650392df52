import type { ReplayEvent, ReplayRecord, Turn } from "../../../extension/src/protocol/messages";
import type { WindowResult } from "../../../extension/src/shared/messages";

export function event(change: Partial<ReplayEvent> = {}): ReplayEvent {
  return {
    kind: "reply",
    field: 0,
    text: { value: "hello", totalChars: 5 },
    format: "plain",
    tool: null,
    isError: false,
    label: "",
    images: 0,
    toldImages: [],
    attachment: null,
    partner: null,
    tookMs: null,
    ...change,
  };
}

export function record(index: number, events: readonly ReplayEvent[] = [event()]): ReplayRecord {
  return {
    index,
    timeMs: 1_700_000_000_000 + index * 1000,
    model: null,
    isSidechain: false,
    rawBytes: 100,
    events,
    line: index,
    atMs: index * 1000,
    standing: "own",
  };
}

/** A window over records that `make` invents; at most `atMost` in one answer. */
export function windowOf(
  start: number,
  count: number,
  make: (index: number) => ReplayRecord = record,
  atMost = 1024,
): WindowResult {
  const length = Math.min(count, atMost);
  return { start, records: Array.from({ length }, (_, i) => make(start + i)), recordCount: 1_000_000 };
}

/** A turn that begins at a record. */
export function turn(line: number, total = 0, change: Partial<Turn> = {}): Turn {
  const tokens = { input: total, output: 0, cacheRead: 0, cacheWrite: 0, reasoning: 0, total };
  return {
    line,
    prompt: `Prompt ${line}`,
    beganAtMs: null,
    endedAtMs: null,
    tokens,
    toolCalls: 0,
    errors: 0,
    ...change,
  };
}
