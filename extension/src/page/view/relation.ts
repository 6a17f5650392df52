/** How an event stands to the other half of its call, as far as that is in memory. */

import type { ReplayEvent, ReplayRecord } from "../../protocol/messages";
import { areJoined, type Found, type Lookup, partnerOf } from "../store/pairs";

export interface Relation {
  readonly partner: Found | undefined;
  /** The result stands directly below its call, so that the two are read as one. */
  readonly isJoined: boolean;
}

const ALONE: Relation = { partner: undefined, isJoined: false };

export function relationOf(lookup: Lookup, record: ReplayRecord, event: ReplayEvent): Relation {
  const own: Found = { record, event };
  const partner = partnerOf(lookup, own);
  if (partner === undefined) {
    return ALONE;
  }
  const [call, result] = event.kind === "toolResult" ? [partner, own] : [own, partner];
  return { partner, isJoined: areJoined(lookup, call, result) };
}
