/** Sub-agents in the midst of another session, as old versions of Claude Code wrote them. */

import type { ReplayTarget } from "../../shared/messages";

/** Whether the session is a sub-agent's own: then it goes without saying. */
export function isOfSubAgent(target: ReplayTarget | undefined): boolean {
  return target?.sessionId.includes("~agent-") ?? false;
}
