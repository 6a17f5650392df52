/** What a sub-agent is called: as the line of its call is. */

import type { SubAgent } from "../../protocol/messages";
import { spelledOut } from "./unseen";

/** Of one that isn't known yet, what can be said of any. */
export function agentName(agent: Pick<SubAgent, "name" | "task"> | undefined): string {
  const { name, task } = agent ?? { name: "", task: "" };
  return spelledOut([name || "Sub-agent", task].filter((each) => each !== "").join(": "));
}
