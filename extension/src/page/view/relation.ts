/** How an event stands to the other half of its call, as far as that is in memory. */

import type { ReplayEvent, ReplayRecord } from "../../protocol/messages";
import type { EventPlace } from "../store/eventPlace";
import { areJoined, type Found, type Lookup, partnerOf } from "../store/pairs";
import type { ReplayStore } from "../store/replayStore";

export interface Relation {
  readonly partner: Found | undefined;
  /** The result is drawn directly below its call, so that the two are read as one. */
  readonly isJoined: boolean;
  /** The other half is drawn, wherever that is. */
  readonly isSeen: boolean;
  /** The session is being played, and the result's moment has not come. */
  readonly isAhead: boolean;
}

const ALONE: Relation = { partner: undefined, isJoined: false, isSeen: false, isAhead: false };

export interface Surroundings {
  /** The last place that was played, while the session is. */
  readonly until?: EventPlace | undefined;
  /** Whether a filter leaves the other half. */
  readonly isSeen?: (half: Found) => boolean;
  /** Whether a result that stands elsewhere is drawn below its call. */
  readonly isAway?: (index: number) => boolean;
}

export function relationOf(
  lookup: Lookup,
  record: ReplayRecord,
  event: ReplayEvent,
  { until, isSeen = () => true, isAway = () => false }: Surroundings = {},
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
  const isPartnerSeen = isSeen(partner);
  const isJoined = isPartnerSeen && (isAway(result.record.index) || areJoined(lookup, call, result));
  return { partner, isJoined, isSeen: isPartnerSeen, isAhead: false };
}

/** As the page shows the event. */
export function relationIn(store: ReplayStore, record: ReplayRecord, event: ReplayEvent): Relation {
  return relationOf((index) => store.wholeRecord(index), record, event, {
    until: store.playback.player.until,
    isSeen: (half) => store.finding.filters.shows(half),
    isAway: (index) => store.reading.answers.isAway(index),
  });
}

/** Whether a call's result comes after a place. */
function isAfter(result: number | null, record: ReplayRecord, call: ReplayEvent, until: EventPlace): boolean {
  if (result === null || result !== until.index) {
    return result !== null && result > until.index;
  }
  return result === record.index && call.field >= until.field;
}
