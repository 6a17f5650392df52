/**
 * How high a record's row will be, guessed before it was drawn: the rows that are drawn at once should fill the view, and
 * not be many times as many. In pixels, as most rows are in an editor of the usual font.
 */

import type { ReplayEvent, ReplayRecord } from "../../protocol/messages";

const FOLDED = 27;
const OPEN = 56;
const TEXT_LINE = 20;
const LINE_CHARS = 120;
/** Guessing too low costs a few rows more, guessing too high another pass. */
const MOST_LINES = 8;
const OPEN_KINDS: ReadonlySet<ReplayEvent["kind"]> = new Set(["prompt", "reply", "error"]);

export function likelyHeight({ events }: ReplayRecord): number {
  return events.reduce((height, event) => height + eventHeight(event), 0) || FOLDED;
}

function eventHeight({ kind, text }: ReplayEvent): number {
  const lines = Math.min(MOST_LINES, Math.floor(text.value.length / LINE_CHARS));
  return OPEN_KINDS.has(kind) ? OPEN + lines * TEXT_LINE : FOLDED;
}
