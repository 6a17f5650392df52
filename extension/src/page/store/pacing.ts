/** How long events are shown at single speed: by their kind, a reply by its words. */

import type { ReplayEvent, ReplayRecord } from "../../protocol/messages";

/** At 300 words a minute, a little above what most read. */
export const WORD_MS = 200;
const MIN_REPLY_MS = 800;
const MAX_REPLY_MS = 30_000;

const KIND_MS: Readonly<Record<Exclude<ReplayEvent["kind"], "reply">, number>> = {
  prompt: 1200,
  thinking: 600,
  toolCall: 400,
  toolResult: 400,
  system: 300,
  compaction: 800,
  subAgent: 400,
  error: 1200,
  opaque: 100,
};

/** What is to be seen of the record that is being played. */
export interface Reveal {
  /** The event shown last; later ones of the record aren't yet. */
  readonly field: number;
  /** How much of it, from 0 to 1. */
  readonly share: number;
}

export function eventMs(event: ReplayEvent): number {
  if (event.kind !== "reply") {
    return KIND_MS[event.kind];
  }
  const words = event.text.value.match(/\S+/g)?.length ?? 0;
  return Math.min(MAX_REPLY_MS, Math.max(MIN_REPLY_MS, words * WORD_MS));
}

const known = new WeakMap<ReplayRecord, number>();

/** Of all its events, one after the other. */
export function recordMs(record: ReplayRecord): number {
  const told = known.get(record);
  if (told !== undefined) {
    return told;
  }
  const sum = record.events.reduce((total, event) => total + eventMs(event), 0);
  known.set(record, sum);
  return sum;
}

/** After so many milliseconds of the time that the record stays alone; its events share it when it is short. */
export function revealAt(record: ReplayRecord, elapsedMs: number, stayMs: number): Reveal {
  const needed = recordMs(record);
  const scale = stayMs < needed ? stayMs / needed : 1;
  let begin = 0;
  for (const event of record.events) {
    const length = eventMs(event) * scale;
    if (elapsedMs < begin + length) {
      return { field: event.field, share: (elapsedMs - begin) / length };
    }
    begin += length;
  }
  return { field: record.events.at(-1)?.field ?? 0, share: 1 };
}
