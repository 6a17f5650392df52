/** An event as it is put on the clipboard. */

import type { ReplayEvent } from "../../protocol/messages";

/** Markdown that says what the event is, its text whole. */
export function markdownOf(event: ReplayEvent, name: string, text: string): string {
  const { kind, tool, format } = event;
  if (kind === "reply") {
    return text;
  }
  const heading = tool?.target && kind !== "toolResult" ? `**${name}** ${inlineCode(tool.target)}` : `**${name}**`;
  const isProse = format === "markdown" || kind === "prompt";
  const body = isProse ? text : fenced(text, format === "json" ? "json" : "");
  return text === "" ? heading : `${heading}\n\n${body}`;
}

/** A fence longer than any in the text, so that the text can't close it. */
export function fenced(text: string, language: string): string {
  const fence = "`".repeat(Math.max(3, longestRun(text) + 1));
  return `${fence}${language}\n${text.replace(/\n$/, "")}\n${fence}`;
}

function inlineCode(text: string): string {
  const fence = "`".repeat(longestRun(text) + 1);
  const padding = text.startsWith("`") || text.endsWith("`") ? " " : "";
  return `${fence}${padding}${text}${padding}${fence}`;
}

function longestRun(text: string): number {
  return (text.match(/`+/g) ?? []).reduce((longest, run) => Math.max(longest, run.length), 0);
}
