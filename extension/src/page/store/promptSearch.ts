/** Looks for the next prompt, or the next turn, beyond what is in memory too, one window after the other. */

import type { ReplayRecord } from "../../protocol/messages";
import type { WindowResult } from "../../shared/messages";
import type { EventPlace } from "./eventPlace";

const SCAN_RECORDS = 256;

export interface SearchDeps {
  readonly cached: (index: number) => ReplayRecord | undefined;
  readonly request: (start: number, count: number) => Promise<WindowResult>;
  readonly recordCount: () => number;
  /** Called between windows. */
  readonly onProgress: (index: number) => void;
}

/** A prompt to a sub-agent was written by an agent: it isn't one of the reader's. */
export function promptIn(record: ReplayRecord): EventPlace | undefined {
  const event = record.isSidechain ? undefined : record.events.find((each) => each.kind === "prompt");
  return event && { index: record.index, field: event.field };
}

/** What one side says: a prompt or a reply. */
export function turnIn(record: ReplayRecord): EventPlace | undefined {
  const event = record.isSidechain
    ? undefined
    : record.events.find(({ kind }) => kind === "prompt" || kind === "reply");
  return event && { index: record.index, field: event.field };
}

/** Starts at `from` itself. Answers `undefined` when there is none, or when the search was given up. */
export async function findPrompt(
  deps: SearchDeps,
  from: number,
  direction: 1 | -1,
  signal: AbortSignal,
  placeIn = promptIn,
): Promise<EventPlace | undefined> {
  let index = from;
  const inside = (): boolean => index >= 0 && index < deps.recordCount();
  while (inside() && !signal.aborted) {
    const record = deps.cached(index);
    if (record !== undefined) {
      const found = placeIn(record);
      if (found !== undefined) {
        return found;
      }
      index += direction;
      continue;
    }
    const records = await readTowards(deps, index, direction, signal);
    const ordered = direction === 1 ? records : [...records].reverse();
    for (const each of ordered) {
      const found = placeIn(each);
      if (found !== undefined) {
        return signal.aborted ? undefined : found;
      }
    }
    if (records.length === 0) {
      return undefined;
    }
    index += direction * records.length;
    deps.onProgress(Math.max(0, index));
  }
  return undefined;
}

/** A run of records that has `index` at its near end; backwards that takes as many windows as it needs. */
async function readTowards(
  deps: SearchDeps,
  index: number,
  direction: 1 | -1,
  signal: AbortSignal,
): Promise<readonly ReplayRecord[]> {
  if (direction === 1) {
    return (await deps.request(index, Math.min(SCAN_RECORDS, deps.recordCount() - index))).records;
  }
  const first = Math.max(0, index + 1 - SCAN_RECORDS);
  const records: ReplayRecord[] = [];
  while (first + records.length <= index && !signal.aborted) {
    const start = first + records.length;
    const { records: next } = await deps.request(start, index + 1 - start);
    if (next.length === 0) {
      return [];
    }
    records.push(...next);
  }
  return records;
}
