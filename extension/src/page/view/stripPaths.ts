/** The strip's drawing: as many shapes as there are kinds, whatever the session's length. Pure. */

import type { TimelineResult } from "../../protocol/messages";

export const STRIP_WIDTH = 1000;
export const STRIP_HEIGHT = 24;
/** Bars stand on it; below it are the chapters. */
const GROUND = 19;
const MIN_BAR = 4;
const MAX_BAR = 15;
/** Of a stretch's width, so that bars stand apart. */
const BAR_SHARE = 0.86;

export interface StripPath {
  /** A kind of event, or `prompts`, `errors`, `pauses`. */
  readonly name: string;
  readonly d: string;
}

export function stripPaths({ buckets, marks, pauses, durationMs }: TimelineResult): readonly StripPath[] {
  const width = STRIP_WIDTH / Math.max(1, buckets.length);
  const most = Math.max(1, ...buckets.map(({ records }) => records));
  const parts = new Map<string, string[]>();
  const add = (name: string, d: string): void => {
    parts.set(name, [...(parts.get(name) ?? []), d]);
  };
  const columnOf = (atMs: number): number =>
    Math.min(buckets.length - 1, Math.floor((atMs * buckets.length) / (durationMs + 1)));
  const columns = (times: readonly { readonly atMs: number }[]): readonly number[] => [
    ...new Set(times.map(({ atMs }) => columnOf(atMs))),
  ];
  buckets.forEach(({ kind, records, errors, compactions }, column) => {
    const x = column * width;
    if (kind !== null) {
      // A few records among many are still to be seen.
      const height = MIN_BAR + (MAX_BAR - MIN_BAR) * Math.sqrt(records / most);
      add(kind, bar(x, GROUND - height, width * BAR_SHARE, height));
    }
    if (compactions > 0) {
      add("compactions", bar(x, 0, width * BAR_SHARE, GROUND));
    }
    if (errors > 0) {
      add("errors", bar(x, 0, width * BAR_SHARE, 3.5));
    }
  });
  for (const column of columns(pauses)) {
    add("pauses", `M${round(column * width)} 8V${GROUND}`);
  }
  for (const column of columns(marks.filter(({ kind }) => kind === "prompt"))) {
    add("prompts", `M${round((column + BAR_SHARE / 2) * width)} ${GROUND + 1.5}V${STRIP_HEIGHT}`);
  }
  return [...parts].map(([name, pieces]) => ({ name, d: pieces.join("") }));
}

function bar(x: number, y: number, width: number, height: number): string {
  return `M${round(x)} ${round(y)}h${round(width)}v${round(height)}h${round(-width)}Z`;
}

function round(value: number): number {
  return Math.round(value * 100) / 100;
}
