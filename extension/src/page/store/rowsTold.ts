/** Rows are drawn anew only for what they show: of the session as a whole that is little. */

import type { Snapshot } from "../../shared/messages";

/** The same as long as rows tell the same of it: a session that is being counted needs no drawing for every count. */
export function toldByRows({ phase, edition, opening, info }: Snapshot): string {
  const isCounted = info !== null && info.analysedCount >= info.recordCount;
  return JSON.stringify([phase, edition, opening, info?.recordCount, info?.isLive, info?.cwd, isCounted]);
}
