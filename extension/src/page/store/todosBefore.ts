/** The to-do list that was written before another one, as far as it is in memory. */

import { callModelOf } from "../tools/models";
import type { Todo } from "../tools/todos";
import type { EventPlace } from "./eventPlace";
import type { Lookup } from "./pairs";

/** A list from longer ago is another matter. */
const FARTHEST = 400;

export function todosBefore(lookup: Lookup, place: EventPlace, tool: string): readonly Todo[] {
  for (let index = place.index; index >= Math.max(0, place.index - FARTHEST); index -= 1) {
    const events = lookup(index)?.events ?? [];
    const earlier = events.findLast(
      (event) =>
        (index < place.index || event.field < place.field) &&
        event.kind === "toolCall" &&
        event.tool?.action === "todo" &&
        event.tool.name === tool,
    );
    if (earlier?.tool) {
      const model = callModelOf(earlier.tool, earlier.text.value);
      return model.kind === "todos" ? model.todos : [];
    }
  }
  return [];
}
