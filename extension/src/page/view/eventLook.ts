/** How each kind of event is named, marked and summed up in one line. Pure, so that the words can be tested. */

import type { ReplayEvent } from "../../protocol/messages";
import { firstLine, formatCount, jsonInLine, lineCount, plural } from "../format";
import type { IconName } from "./Icon";

/** `card`: stands out. `flow`: plain text. `fold`: one line that opens. `notice`: a marked aside. */
export type EventLayout = "card" | "flow" | "fold" | "notice";

export interface EventLook {
  readonly layout: EventLayout;
  readonly icon: IconName;
  /** What it is, for the one line and for screen readers. */
  readonly name: string;
}

export function lookOf(event: ReplayEvent): EventLook {
  switch (event.kind) {
    case "prompt":
      return { layout: "card", icon: "prompt", name: "Prompt" };
    case "reply":
      return { layout: "flow", icon: "reply", name: "Reply" };
    case "thinking":
      return { layout: "fold", icon: "thinking", name: "Thinking" };
    case "toolCall":
      return { layout: "fold", icon: "tool", name: event.tool?.name || "Tool" };
    case "toolResult":
      return { layout: "fold", icon: "result", name: event.isError ? "Failed" : "Result" };
    case "subAgent":
      return { layout: "fold", icon: "agent", name: event.label || "Sub-agent" };
    case "compaction":
      return { layout: "fold", icon: "compaction", name: event.label || "Context compacted" };
    case "opaque":
      return { layout: "fold", icon: "opaque", name: event.label || "Record" };
    case "system":
      return event.isError
        ? { layout: "notice", icon: "error", name: event.label || "System error" }
        : { layout: "fold", icon: "info", name: event.label || "System" };
    case "error":
      return { layout: "notice", icon: "error", name: event.label || "Error" };
  }
}

/** What a folded event tells in one line. */
export function summaryOf(event: ReplayEvent): string {
  if (event.kind === "toolCall" || event.kind === "subAgent") {
    return event.tool?.target || (event.format === "json" ? "" : firstLine(event.text.value));
  }
  return event.format === "json" ? jsonInLine(event.text.value) : firstLine(event.text.value);
}

/** How much there is behind a folded event. */
export function sizeOf(event: ReplayEvent): string {
  const { value, totalChars } = event.text;
  if (event.kind !== "toolResult" || totalChars === 0) {
    return "";
  }
  if (value.length < totalChars) {
    return `${formatCount(totalChars)} characters`;
  }
  const lines = lineCount(value);
  return lines > 1 ? plural(lines, "line", "lines") : "";
}
