/** Sub-agents in the midst of another session, as old versions of Claude Code wrote them. */

import type { ReplayRecord } from "../../protocol/messages";
import type { ReplayTarget } from "../../shared/messages";
import type { Lookup } from "./pairs";

/** Whether the session is a sub-agent's own: then it goes without saying. */
export function isOfSubAgent(target: ReplayTarget | undefined): boolean {
  return target?.sessionId.includes("~agent-") ?? false;
}

/** Whether a record is the first of a run of a sub-agent's, as far as the records before it are in memory. */
export function startsNested(lookup: Lookup, record: ReplayRecord): boolean {
  let index = record.index - 1;
  while (index >= 0 && lookup(index)?.events.length === 0) {
    index -= 1;
  }
  return lookup(index)?.isSidechain !== true;
}
