/** How an event stands to the other half of its call, as far as that is in memory. */

import type { ReplayEvent, ReplayRecord } from "../../protocol/messages";
import type { EventPlace } from "../store/eventPlace";
import { areJoined, type Found, type Lookup, partnerOf } from "../store/pairs";

export interface Relation {
  readonly partner: Found | undefined;
  /** The result stands directly below its call, so that the two are read as one. */
  readonly isJoined: boolean;
  /** The session is being played, and the result's moment has not come. */
  readonly isAhead: boolean;
}

const ALONE: Relation = { partner: undefined, isJoined: false, isAhead: false };

/** `until`: the last place that was played, while the session is; `isSeen`: whether a filter leaves the other half. */
export function relationOf(
  lookup: Lookup,
  record: ReplayRecord,
  event: ReplayEvent,
  until?: EventPlace,
  isSeen: (half: Found) => boolean = () => true,
): Relation {
  const own: Found = { record, event };
  if (until !== undefined && event.kind !== "toolResult" && isAfter(event.partner, record, event, until)) {
    return { ...ALONE, isAhead: true };
  }
  const partner = partnerOf(lookup, own);
  if (partner === undefined) {
    return ALONE;
  }
  const [call, result] = event.kind === "toolResult" ? [partner, own] : [own, partner];
  return { partner, isJoined: isSeen(partner) && areJoined(lookup, call, result), isAhead: false };
}

/** Whether a call's result comes after a place. */
function isAfter(result: number | null, record: ReplayRecord, call: ReplayEvent, until: EventPlace): boolean {
  if (result === null || result !== until.index) {
    return result !== null && result > until.index;
  }
  return result === record.index && call.field >= until.field;
}
