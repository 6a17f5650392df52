/** A call that was read before its result was there knows it as soon as the result is read: it isn't asked for again. */

import type { ReplayEvent, ReplayRecord } from "../../protocol/messages";

/** Of a record, the results whose calls stand elsewhere. */
export function answersIn(record: ReplayRecord): readonly ReplayEvent[] {
  return record.events.filter(
    ({ kind, partner, tool }) =>
      kind === "toolResult" && partner !== null && partner !== record.index && tool !== null && tool.callId !== "",
  );
}

/** The call's record with what is known by its result; itself where it knew. */
export function answered(call: ReplayRecord, result: ReplayRecord, answer: ReplayEvent): ReplayRecord {
  const isAsked = ({ kind, partner, tool }: ReplayEvent): boolean =>
    kind !== "toolResult" && partner === null && tool?.callId === answer.tool?.callId;
  if (!call.events.some(isAsked)) {
    return call;
  }
  const told = { partner: result.index, tookMs: answer.tookMs };
  const events = call.events.map((event) => (isAsked(event) ? { ...event, ...told } : event));
  return { ...call, events };
}
