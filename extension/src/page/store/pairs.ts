/** Calls and their results: who belongs to whom, as far as their records are in memory. */

import type { ReplayEvent, ReplayRecord } from "../../protocol/messages";

export interface Found {
  readonly record: ReplayRecord;
  readonly event: ReplayEvent;
}

export type Lookup = (index: number) => ReplayRecord | undefined;

/** More records than this between a call and its result, and the two are not read as one. */
const FARTHEST = 12;

/** The call that a result answers, or the result that a call got. */
export function partnerOf(lookup: Lookup, { record, event }: Found): Found | undefined {
  const callId = event.tool?.callId;
  if (event.partner === null || !callId) {
    return undefined;
  }
  const partner = event.partner === record.index ? record : lookup(event.partner);
  const wantsResult = event.kind !== "toolResult";
  const found = partner?.events.find(
    (each) => each.tool?.callId === callId && (each.kind === "toolResult") === wantsResult,
  );
  return partner && found && { record: partner, event: found };
}

/** Nothing that can be seen stands between the two: they are read as one. */
export function areJoined(lookup: Lookup, call: Found, result: Found): boolean {
  const [from, to] = [call.record.index, result.record.index];
  if (from === to) {
    return call.event.field + 1 === result.event.field;
  }
  const isLast = call.record.events.at(-1) === call.event;
  const isFirst = result.record.events[0] === result.event;
  if (!isLast || !isFirst || to < from || to - from > FARTHEST) {
    return false;
  }
  for (let index = from + 1; index < to; index += 1) {
    if (lookup(index)?.events.length !== 0) {
      return false;
    }
  }
  return true;
}
