/** What a call or a result is shown as, by what its tool does. Pure: the views only draw it. */

import type { ToolCall } from "../../protocol/messages";
import { languageOf } from "../text/languages";
import { changesIn } from "./edits";
import { type Fields, fieldsOf, numberIn, objectsIn, others, textIn } from "./fields";
import { type Found, foundByCommand, foundIn, wordsSought } from "./found";
import { type NumberedLines, numberedLinesOf } from "./numbered";
import { type FoundPages, pagesIn } from "./pages";
import type { FileChange } from "./patch";
import { patternWords } from "./patternWords";
import { COMMAND_FIELDS, type Command, commandIn, type ShellResult, shellResultOf } from "./shell";
import { type Todo, todosIn, todosInResult } from "./todos";
import { unwrapped } from "./wrappers";

/** Arguments that the view has no place of its own for. */
export type Rest = readonly (readonly [name: string, value: string])[];

export type CallModel =
  | { readonly kind: "shell"; readonly command: Command; readonly rest: Rest }
  | { readonly kind: "changes"; readonly files: readonly FileChange[] }
  | { readonly kind: "todos"; readonly todos: readonly Todo[]; readonly note: string }
  | { readonly kind: "prose"; readonly markdown: string; readonly rest: Rest }
  | { readonly kind: "file"; readonly paths: readonly string[]; readonly range: string; readonly rest: Rest }
  | { readonly kind: "search"; readonly pattern: string; readonly within: string; readonly rest: Rest }
  | { readonly kind: "address"; readonly address: string; readonly question: string; readonly rest: Rest }
  | { readonly kind: "questions"; readonly questions: readonly Question[] }
  | { readonly kind: "other" };

export interface Question {
  readonly text: string;
  readonly choices: readonly string[];
}

export type ResultModel =
  | {
      readonly kind: "shell";
      readonly result: ShellResult;
      readonly found: Found | undefined;
      readonly words: readonly string[];
    }
  | { readonly kind: "file"; readonly lines: NumberedLines; readonly language: string | undefined }
  | { readonly kind: "todos"; readonly todos: readonly Todo[] }
  | { readonly kind: "prose"; readonly markdown: string }
  | { readonly kind: "found"; readonly found: Found; readonly words: readonly string[] }
  | { readonly kind: "pages"; readonly found: FoundPages }
  /** An object: what it says in words, and all else in it. */
  | { readonly kind: "fields"; readonly markdown: string; readonly rest: Rest }
  /** That it was done, in a line. */
  | { readonly kind: "note"; readonly text: string }
  /** The list as the call gave it. */
  | { readonly kind: "same" }
  | { readonly kind: "other" };

const OTHER = { kind: "other" } as const;
const PATTERNS = ["pattern", "query", "regex", "glob", "glob_pattern", "search_term"];
const PLACES = ["path", "dir_path", "directory", "target_directories"];
const FILES = ["file_path", "path", "notebook_path", "absolute_path", "filePath", "target_file", "filename", "paths"];
const RANGE = ["offset", "limit", "start_line", "end_line", "line_start", "line_end"];
const ADDRESSES = ["url", "uri", "urls"];
const PROSE = ["text", "markdown", "content", "summary", "result", "answer", "response"];
/** A patch may be applied by a command. */
const HEADED = /^(?:Wall time|Exit code): /;
/** What an edit's answer says that its call shows already. */
const REPEATED = ["diff", "success"];
const QUESTIONS = ["prompt", "query", "q", "question", "objective"];

export function callModelOf(tool: Pick<ToolCall, "name" | "action" | "paths">, text: string): CallModel {
  if (tool.action === "edit" || tool.action === "write") {
    const files = changesIn(text, tool.action);
    return files.length > 0 ? { kind: "changes", files } : OTHER;
  }
  const fields = fieldsOf(text);
  return fields === undefined ? OTHER : modelOfFields(tool, fields);
}

function modelOfFields(tool: Pick<ToolCall, "name" | "action" | "paths">, fields: Fields): CallModel {
  switch (tool.action) {
    case "shell": {
      const command = commandIn(fields, tool.name);
      return command === undefined ? OTHER : { kind: "shell", command, rest: others(fields, COMMAND_FIELDS) };
    }
    case "todo": {
      const todos = todosIn(fields);
      return todos.length === 0 ? OTHER : { kind: "todos", todos, note: textIn(fields, "explanation") };
    }
    case "plan": {
      const markdown = textIn(fields, "plan");
      return markdown === "" ? OTHER : { kind: "prose", markdown, rest: others(fields, ["plan"]) };
    }
    case "read":
      return tool.paths.length === 0
        ? OTHER
        : { kind: "file", paths: tool.paths, range: rangeIn(fields), rest: others(fields, [...FILES, ...RANGE]) };
    case "search": {
      const pattern = textIn(fields, ...PATTERNS);
      const rest = others(fields, [...PATTERNS, ...PLACES]);
      return pattern === "" ? OTHER : { kind: "search", pattern, within: textIn(fields, ...PLACES), rest };
    }
    case "fetch":
    case "webSearch": {
      const question = textIn(fields, ...QUESTIONS);
      const address = textIn(fields, ...ADDRESSES);
      const isTold = address !== "" || question !== "";
      return isTold
        ? { kind: "address", address, question, rest: others(fields, [...ADDRESSES, ...QUESTIONS]) }
        : OTHER;
    }
    case "ask": {
      const questions = questionsIn(fields);
      return questions.length === 0 ? OTHER : { kind: "questions", questions };
    }
    default:
      return OTHER;
  }
}

/** `call` is what the result answers, as far as that is known, `asked` its text. */
export function resultModelOf(call: ToolCall | undefined, answer: string, asked = ""): ResultModel {
  const text = unwrapped(answer);
  switch (call?.action) {
    case "shell": {
      const model = callModelOf(call, asked);
      const command = model.kind === "shell" ? model.command.code : call.target;
      const result = shellResultOf(text);
      return { kind: "shell", result, found: foundByCommand(command, result.output), words: wordsSought(command) };
    }
    case "read": {
      const lines = numberedLinesOf(text) ?? numberedInFields(text);
      return lines === undefined ? fieldsIn(text) : { kind: "file", lines, language: languageOf(call.paths[0] ?? "") };
    }
    case "search": {
      const found = foundIn(text);
      const model = callModelOf(call, asked);
      const words = model.kind === "search" ? patternWords(model.pattern) : [];
      return found === undefined ? fieldsIn(text) : { kind: "found", found, words };
    }
    case "todo": {
      const todos = todosInResult(text);
      if (todos.length === 0) {
        return fieldsIn(text);
      }
      const model = callModelOf(call, asked);
      const isSame = model.kind === "todos" && JSON.stringify(model.todos) === JSON.stringify(todos);
      return isSame ? { kind: "same" } : { kind: "todos", todos };
    }
    case "webSearch": {
      const found = pagesIn(text);
      return found === undefined ? proseIn(text) : { kind: "pages", found };
    }
    case "agent":
    case "fetch":
      return proseIn(text);
    case "edit":
    case "write":
      return doneIn(text, changesIn(asked, call.action).length > 0);
    default:
      return fieldsIn(text);
  }
}

/** What came of a change; `isShown`: its diff is to be seen in the call. */
function doneIn(text: string, isShown: boolean): ResultModel {
  if (HEADED.test(text)) {
    return { kind: "shell", result: shellResultOf(text), found: undefined, words: [] };
  }
  const line = text.trim();
  return isShown && line !== "" && !line.startsWith("{") && !line.includes("\n")
    ? { kind: "note", text: line }
    : fieldsIn(text, [], isShown ? REPEATED : []);
}

function proseIn(text: string): ResultModel {
  return text.startsWith("{") || text.startsWith("[") ? fieldsIn(text, PROSE) : { kind: "prose", markdown: text };
}

/** Hermes answers with an object around the lines. */
function numberedInFields(text: string): NumberedLines | undefined {
  const fields = text.startsWith("{") ? fieldsOf(text) : undefined;
  const lines = numberedLinesOf(fields === undefined ? "" : textIn(fields, "content"));
  const hint = fields === undefined ? "" : textIn(fields, "hint", "_hint", "error");
  return lines && { ...lines, remark: [lines.remark, hint].filter((each) => each !== "").join("\n") };
}

/** `prose`: fields that hold words to be read; `repeated`: fields that say what the call shows already. */
function fieldsIn(text: string, prose: readonly string[] = [], repeated: readonly string[] = []): ResultModel {
  const fields = text.startsWith("{") ? fieldsOf(text) : undefined;
  if (fields === undefined) {
    return OTHER;
  }
  const told = textIn(fields, ...prose);
  const many =
    told === "" && prose.length > 0 ? objectsIn(fields, "results").map((each) => textIn(each, ...prose)) : [];
  const markdown = told || many.filter((each) => each !== "").join("\n\n");
  const used = [...repeated, ...prose.filter((name) => told !== "" && fields[name] === told)];
  return {
    kind: "fields",
    markdown,
    rest: others(fields, markdown === "" || told !== "" ? used : [...used, "results"]),
  };
}

/** Which lines of a file were asked for; empty for all of them. */
function rangeIn(fields: Fields): string {
  const first = numberIn(fields, "offset", "start_line", "line_start");
  const last = numberIn(fields, "end_line", "line_end");
  const count = numberIn(fields, "limit");
  if (first === undefined && last === undefined && count === undefined) {
    return "";
  }
  const end = last ?? (count === undefined ? undefined : Math.max(first ?? 1, 1) + count - 1);
  return end === undefined ? `from line ${first}` : `lines ${Math.max(first ?? 1, 1)} to ${end}`;
}

function questionsIn(fields: Fields): readonly Question[] {
  const list = objectsIn(fields, "questions");
  return (list.length > 0 ? list : [fields])
    .map((each) => ({
      text: textIn(each, "question", "text", "prompt"),
      choices: [
        ...objectsIn(each, "options", "choices").map((choice) => labelled(choice)),
        ...textsIn(each["choices"]),
      ],
    }))
    .filter((question) => question.text !== "");
}

function labelled(choice: Fields): string {
  return [textIn(choice, "label", "title", "value"), textIn(choice, "description")].filter(Boolean).join(": ");
}

function textsIn(value: unknown): readonly string[] {
  return Array.isArray(value) ? value.filter((each) => typeof each === "string") : [];
}
