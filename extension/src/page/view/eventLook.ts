/** How each kind of event is named, marked and summed up in one line. Pure, so that the words can be tested. */

import type { ReplayEvent, ToolCall } from "../../protocol/messages";
import { firstLine, jsonInLine } from "../format";
import { tellingLine } from "../tools/telling";
import { firstUntagged } from "../tools/wrappers";
import type { IconName } from "./Icon";

/** `card`: stands out. `flow`: plain text. `fold`: one line that opens. `notice`: a marked aside. */
export type EventLayout = "card" | "flow" | "fold" | "notice";

export interface EventLook {
  readonly layout: EventLayout;
  readonly icon: IconName;
  /** What it is, for the one line and for screen readers. */
  readonly name: string;
}

const ICONS: Readonly<Record<ToolCall["action"], IconName>> = {
  shell: "shell",
  read: "file",
  edit: "edit",
  write: "edit",
  search: "search",
  todo: "checklist",
  plan: "checklist",
  fetch: "globe",
  webSearch: "globe",
  agent: "agent",
  ask: "question",
  image: "image",
  other: "tool",
};

/** What agents call it when the reader stopped them. */
const INTERRUPTIONS: ReadonlySet<string> = new Set(["interrupted", "turn_aborted", "turn aborted"]);

export function isInterruption(event: ReplayEvent): boolean {
  return event.kind === "system" && INTERRUPTIONS.has(event.label);
}

/** Where the session breaks off, or begins anew. */
export function isBoundary(event: ReplayEvent): boolean {
  return event.kind === "compaction" || isInterruption(event);
}

/** One half of a call and its result. */
export function isToolEvent(event: ReplayEvent): boolean {
  return event.kind === "toolCall" || event.kind === "toolResult" || event.kind === "subAgent";
}

/** `call`: what a result answers, as far as that is known. */
export function lookOf(event: ReplayEvent, call?: ToolCall | null): EventLook {
  switch (event.kind) {
    case "prompt":
      return { layout: "card", icon: "prompt", name: "Prompt" };
    case "reply":
      return { layout: "flow", icon: "reply", name: "Reply" };
    case "thinking":
      return { layout: "fold", icon: "thinking", name: "Thinking" };
    case "toolCall":
      return { layout: "fold", icon: toolIcon(event.tool), name: event.tool?.name || "Tool" };
    case "toolResult":
      return { layout: "fold", icon: "result", name: resultName(event, call) };
    case "subAgent":
      return { layout: "fold", icon: "agent", name: event.label || "Sub-agent" };
    case "compaction":
      return { layout: "fold", icon: "compaction", name: "Context compacted" };
    case "opaque":
      return { layout: "fold", icon: "opaque", name: event.label || "Record" };
    case "system":
      if (isInterruption(event)) {
        return { layout: "fold", icon: "error", name: "Interrupted" };
      }
      return event.isError
        ? { layout: "notice", icon: "error", name: event.label || "System error" }
        : { layout: "fold", icon: "info", name: event.label || "System" };
    case "error":
      return { layout: "notice", icon: "error", name: inWords(event.label) || "Error" };
  }
}

/** Agents' own names of what went wrong: `api_error`, `rateLimit`. */
function inWords(label: string): string {
  const words = label
    .replace(/([a-z])([A-Z])/g, "$1 $2")
    .replaceAll(/[_-]+/g, " ")
    .trim()
    .toLowerCase()
    .replace(/\bapi\b/g, "API");
  return words.charAt(0).toUpperCase() + words.slice(1);
}

function toolIcon(tool: ToolCall | null): IconName {
  return tool === null ? "tool" : ICONS[tool.action];
}

function resultName(event: ReplayEvent, call: ToolCall | null | undefined): string {
  const what = event.isError ? "Failed" : "Result";
  return call?.name ? `${what}: ${call.name}` : what;
}

/** What a folded event tells in one line; of a result that stands far from its call, what was called, too. */
export function summaryOf(event: ReplayEvent, call?: ToolCall | null, isJoined = true): string {
  if (event.kind === "toolCall" || event.kind === "subAgent") {
    return event.tool?.target || (event.format === "json" ? "" : firstLine(event.text.value));
  }
  if (event.kind === "toolResult" && call) {
    return withTarget(tellingLine(call, event.text.value), call, isJoined);
  }
  return plainSummary(event);
}

function withTarget(summary: string, call: ToolCall, isJoined: boolean): string {
  return isJoined ? summary : [call.target || call.name, summary].filter((each) => each !== "").join(" → ");
}

function plainSummary(event: ReplayEvent): string {
  if (event.format === "json") {
    return jsonInLine(event.text.value);
  }
  const line = firstLine(event.kind === "system" ? firstUntagged(event.text.value) : event.text.value);
  if (event.kind === "compaction") {
    return compactionSummary(event.label, line);
  }
  if (isInterruption(event)) {
    return INTERRUPTIONS.has(line.toLowerCase()) ? "The agent was stopped" : line.replace(/^\[(.*)\]$/, "$1");
  }
  return event.format === "markdown" ? line.replace(MARKDOWN_SIGNS, "") : line;
}

/** What stands in a line only to be laid out. */
const MARKDOWN_SIGNS = /^#{1,6} +|\*\*|__|`/g;

/** Some agents tell with the summary how much it took the place of. */
function compactionSummary(label: string, line: string): string {
  if (label === "summary") {
    return `Summary: ${line}`;
  }
  return /\d/.test(label) ? `${label}: ${line}` : line;
}
