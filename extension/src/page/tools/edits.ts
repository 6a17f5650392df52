/** What a call changes in which files, by its arguments, whatever its agent calls them. */

import { isString } from "../../shared/shape";
import { diffOf, numbered } from "./diffLines";
import { type Fields, fieldsOf, objectsIn, textIn } from "./fields";
import { changesInPatch, type FileChange } from "./patch";

const PATHS = ["file_path", "path", "notebook_path", "absolute_path", "filePath", "target_file", "filename"];
const BEFORE = ["old_string", "oldString", "old_str", "oldText", "old_text", "search"];
const AFTER = ["new_string", "newString", "new_str", "newText", "new_text", "new_source", "replace", "replacement"];
const WHOLE = ["content", "file_text", "contents", "text"];
/** A patch may be given to a command, too. */
const PATCHES = ["patch", "input", "diff", "cmd", "command"];

/** From a call's text, JSON or a bare patch; empty when nothing of it can be told. */
export function changesIn(text: string, action: "edit" | "write"): readonly FileChange[] {
  const fields = fieldsOf(text);
  if (fields === undefined) {
    return changesInPatch(text);
  }
  const patches = PATCHES.map((name) => changesInPatch(linesIn(fields[name]))).find((changes) => changes.length > 0);
  if (patches !== undefined) {
    return patches;
  }
  const path = textIn(fields, ...PATHS);
  const edits = objectsIn(fields, "edits", "replacements");
  if (edits.length > 0) {
    return edits.flatMap((edit) => replacementIn(edit, textIn(edit, ...PATHS) || path) ?? []);
  }
  const one = replacementIn(fields, path);
  if (one !== undefined) {
    return [one];
  }
  return action === "write" || isString(fields["file_text"]) ? writtenIn(fields, path) : [];
}

/** A command may be told word by word. */
function linesIn(value: unknown): string {
  return Array.isArray(value) ? value.filter(isString).join("\n") : isString(value) ? value : "";
}

function replacementIn(fields: Fields, path: string): FileChange | undefined {
  if (![...BEFORE, ...AFTER].some((name) => isString(fields[name]))) {
    return undefined;
  }
  const lines = diffOf(textIn(fields, ...BEFORE), textIn(fields, ...AFTER), true);
  return { path, movedTo: "", kind: "edited", lines };
}

function writtenIn(fields: Fields, path: string): readonly FileChange[] {
  const name = WHOLE.find((each) => isString(fields[each]));
  if (name === undefined) {
    return [];
  }
  const lines = textIn(fields, name).replace(/\n$/, "").split("\n");
  return [
    {
      path,
      movedTo: "",
      kind: "created",
      lines: numbered(
        lines.map((line) => `+${line}`),
        null,
        1,
      ),
    },
  ];
}
