/** What came of a call, in a few words for its one line. */

import type { ReplayEvent, ToolCall } from "../../protocol/messages";
import { formatCount, lineCount, plural } from "../format";
import { countChanges } from "./diffLines";
import { foundIn } from "./found";
import { callModelOf } from "./models";
import { shellResultOf } from "./shell";
import { todoProgress } from "./todos";
import { unwrapped } from "./wrappers";

export interface Outcome {
  readonly text: string;
  readonly isBad: boolean;
}

/** From the call's own arguments; empty when they were cut or tell nothing. */
export function plannedOutcome(call: ReplayEvent): string {
  const { tool, text } = call;
  if (tool === null || text.value.length < text.totalChars || !["edit", "write", "todo"].includes(tool.action)) {
    return "";
  }
  const model = callModelOf(tool, text.value);
  if (model.kind === "todos") {
    return model.todos.length > 1 ? todoProgress(model.todos) : "";
  }
  if (model.kind !== "changes") {
    return "";
  }
  const counts = model.files.map((file) => countChanges(file.lines));
  const sum = (of: "added" | "removed"): number => counts.reduce((total, each) => total + each[of], 0);
  const [added, removed] = [sum("added"), sum("removed")];
  return [added > 0 && `+${formatCount(added)}`, removed > 0 && `−${formatCount(removed)}`].filter(Boolean).join(" ");
}

/** From the result, as far as it is in memory. */
export function outcomeOf(call: ReplayEvent, result: ReplayEvent): Outcome {
  const exitCode = call.tool?.action === "shell" ? shellResultOf(result.text.value).exitCode : undefined;
  if (exitCode !== undefined && exitCode !== 0) {
    return { text: `exit ${exitCode}`, isBad: true };
  }
  return result.isError ? { text: "failed", isBad: true } : { text: sizeOf(result, call.tool), isBad: false };
}

/** How much came back of what was called; empty for a single line. */
export function sizeOf(event: ReplayEvent, call?: ToolCall | null): string {
  const { value, totalChars } = event.text;
  if (totalChars === 0) {
    return "";
  }
  if (value.length < totalChars) {
    return `${formatCount(totalChars)} characters`;
  }
  const hits = call?.action === "search" ? hitCount(unwrapped(value)) : "";
  const lines = lineCount(call?.action === "shell" ? shellResultOf(value).output : value);
  return hits !== "" ? hits : lines > 1 ? plural(lines, "line", "lines") : "";
}

/** Of a search, not how long its answer is, but how much was found. */
function hitCount(text: string): string {
  const files = foundIn(text)?.files ?? [];
  const hits = files.reduce((sum, { lines }) => sum + lines.filter((line) => line.isMatch).length, 0);
  const where = plural(files.length, "file", "files");
  return files.length === 0 ? "" : hits === 0 ? where : `${plural(hits, "line", "lines")} in ${where}`;
}
