/** The one line that tells most of what a tool answered. */

import type { ToolCall } from "../../protocol/messages";
import { firstLine, jsonInLine } from "../format";
import { withoutEscapes } from "../text/ansi";
import { type Fields, fieldsOf, textIn } from "./fields";
import { foundIn } from "./found";
import { numberedLinesOf } from "./numbered";
import { shellResultOf } from "./shell";
import { todoProgress, todosInResult } from "./todos";
import { unwrapped } from "./wrappers";

/** Fields that say in words what came of it, the most telling first. */
const WORDS = ["error", "message", "summary", "answer", "output", "result", "text", "content", "note"];
const MOST_FACTS = 4;
const MOST_FACT_CHARS = 60;
const MOST_PATHS = 8;

export function tellingLine(call: Pick<ToolCall, "action">, answer: string): string {
  const text = unwrapped(answer);
  switch (call.action) {
    case "shell":
      return firstLine(withoutEscapes(firstLine(shellResultOf(text).output, 1000)));
    case "read":
      return firstLine(numberedLinesOf(text)?.lines.join("\n") ?? readLine(text));
    case "search":
      return foundLine(text) ?? plainLine(text);
    case "todo": {
      const todos = todosInResult(text);
      return todos.length === 0
        ? plainLine(text)
        : (todos.find(({ state }) => state === "active")?.text ?? todoProgress(todos));
    }
    case "edit":
    case "write":
      return plainLine(shellResultOf(text).output.replace(/ Here is the updated code:\n[\s\S]*$/, ""));
    default:
      return plainLine(text);
  }
}

function readLine(text: string): string {
  const fields = text.startsWith("{") ? fieldsOf(text) : undefined;
  const content = fields === undefined ? "" : textIn(fields, "content");
  return content === "" ? plainLine(text) : (numberedLinesOf(content)?.lines.join("\n") ?? content);
}

/** Of a search the first hit, or the files. */
function foundLine(text: string): string | undefined {
  const files = foundIn(text)?.files ?? [];
  for (const { path, lines } of files) {
    const hit = lines.find((line) => line.isMatch);
    if (hit !== undefined) {
      return firstLine(`${path}${hit.number === null ? "" : `:${hit.number}`} ${hit.text.trim()}`);
    }
  }
  return files.length === 0
    ? undefined
    : firstLine(
        files
          .slice(0, MOST_PATHS)
          .map(({ path }) => path)
          .join(", "),
      );
}

function plainLine(text: string): string {
  if (!text.startsWith("{")) {
    const line = firstLine(text);
    // A line that leads in to what follows says little itself.
    const rest = line.endsWith(":") ? firstLine(text.slice(text.indexOf(line) + line.length)) : "";
    return rest === "" || rest.startsWith("---") ? line : rest;
  }
  const fields = fieldsOf(text);
  return fields === undefined ? jsonInLine(text) : firstLine(textIn(fields, ...WORDS)) || factsIn(fields);
}

function factsIn(fields: Fields): string {
  return Object.entries(fields)
    .flatMap(([name, value]) => factOf(name.replaceAll("_", " "), value) ?? [])
    .slice(0, MOST_FACTS)
    .join(" · ");
}

/** `undefined` for what goes without saying, and for what is too much to be said in a line. */
function factOf(name: string, value: unknown): string | undefined {
  if (Array.isArray(value)) {
    return `${name}: ${value.length}`;
  }
  const isShort = typeof value === "string" && value !== "" && value.length <= MOST_FACT_CHARS && !value.includes("\n");
  return isShort || typeof value === "number" || value === false ? `${name}: ${value}` : undefined;
}
