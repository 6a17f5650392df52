/** What is said of records that the conversation doesn't count as its own. */

import type { ReplayRecord } from "../../protocol/messages";

type Apart = Exclude<ReplayRecord["standing"], "own">;

export const STANDING_WORDS: Readonly<Record<Apart, string>> = {
  copied: "Copied from the session it was forked from",
  takenBack: "Taken back later",
};

/** For the name of an event; empty for the session's own. */
export function standingSuffix({ standing }: ReplayRecord): string {
  return standing === "own" ? "" : `, ${STANDING_WORDS[standing].toLowerCase()}`;
}
