/** Where the model changes: told from the records before, as far as they are in memory. */

import type { ReplayRecord } from "../../protocol/messages";
import type { Lookup } from "./pairs";

/** Between two records with a model lie prompts and results, rarely more than a handful. */
const FARTHEST = 200;

/** The model that spoke before, where this record's is another one; undefined where it is the same, or nobody knows. */
export function modelBefore(lookup: Lookup, record: ReplayRecord): string | undefined {
  if (!isModel(record.model)) {
    return undefined;
  }
  for (let index = record.index - 1; index >= Math.max(0, record.index - FARTHEST); index -= 1) {
    const before = lookup(index);
    if (before === undefined) {
      return undefined;
    }
    // A sub-agent may have a model of its own; that changes nothing for its session.
    if (isModel(before.model) && before.isSidechain === record.isSidechain && before.events.length > 0) {
      return before.model === record.model ? undefined : before.model;
    }
  }
  return undefined;
}

/** Agents sign what they say themselves with a name in angle brackets. */
function isModel(model: string | null): model is string {
  return model !== null && model !== "" && !model.startsWith("<");
}
