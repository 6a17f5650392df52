/** The agents' names and drawings. Pure; what is known of them comes from the helper's registry. */

import { AGENTS, UNKNOWN_GLYPH } from "../protocol/agents";
import { oneLine } from "./format";

const BY_ID = new Map(AGENTS.map((agent) => [agent.id, agent]));

/** The name that people use; of an agent that only a bucket knows, its id. */
export function agentName(harness: string): string {
  return BY_ID.get(harness)?.label ?? oneLine(harness, 40);
}

/** What its icon draws on 16 by 16 units. */
export function agentGlyph(harness: string): string {
  return BY_ID.get(harness)?.glyph ?? UNKNOWN_GLYPH;
}
