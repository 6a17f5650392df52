/** Patches as agents write them: Codex's own format, and unified diffs. */

import { parsePatch } from "diff";
import { type DiffLine, GAP, numbered } from "./diffLines";

export interface FileChange {
  readonly path: string;
  /** Empty unless the file was also renamed. */
  readonly movedTo: string;
  readonly kind: "edited" | "created" | "deleted";
  readonly lines: readonly DiffLine[];
}

const CODEX_FILE = /^\*\*\* (Add|Update|Delete) File: (.+)$/;
const CODEX_MOVE = /^\*\*\* Move to: (.+)$/;
const NOTHING = "/dev/null";

interface Draft {
  path: string;
  movedTo: string;
  kind: FileChange["kind"];
  hunks: { before: number | null; after: number | null; lines: string[] }[];
}

/** Empty when the text is no patch. */
export function changesInPatch(patch: string): readonly FileChange[] {
  const files = /^\*\*\* (?:Add|Update|Delete) File: /m.test(patch) ? codexFiles(patch) : unifiedFiles(patch);
  return files.map(({ path, movedTo, kind, hunks }) => ({
    path,
    movedTo,
    kind,
    lines: hunks
      .filter((hunk) => hunk.lines.length > 0)
      .flatMap((hunk, position) => [...(position > 0 ? [GAP] : []), ...numbered(hunk.lines, hunk.before, hunk.after)]),
  }));
}

function codexFiles(patch: string): readonly Draft[] {
  const kinds: Readonly<Record<string, FileChange["kind"]>> = { Add: "created", Update: "edited", Delete: "deleted" };
  const files: Draft[] = [];
  for (const line of patch.split("\n")) {
    const [, verb = "", named = ""] = CODEX_FILE.exec(line) ?? [];
    const path = named.trimEnd();
    const file = files.at(-1);
    const moved = CODEX_MOVE.exec(line)?.[1]?.trimEnd();
    if (path !== "") {
      const start = verb === "Add" ? 1 : null;
      const hunk = { before: null, after: start, lines: [] };
      files.push({ path, movedTo: "", kind: kinds[verb] ?? "edited", hunks: [hunk] });
    } else if (file !== undefined && moved !== undefined) {
      file.movedTo = moved;
    } else if (file !== undefined && line.startsWith("@@")) {
      file.hunks.push({ before: null, after: null, lines: [] });
    } else if (file !== undefined && /^[+\- ]/.test(line)) {
      file.hunks.at(-1)?.lines.push(line);
    }
  }
  return files;
}

function unifiedFiles(patch: string): readonly Draft[] {
  try {
    return parsePatch(patch)
      .filter((file) => file.hunks.length > 0 && file.newFileName !== undefined)
      .map((file) => {
        const [before, after] = [nameIn(file.oldFileName), nameIn(file.newFileName)];
        const hunks = file.hunks.map(({ oldStart, newStart, lines }) => ({ before: oldStart, after: newStart, lines }));
        const kind = before === NOTHING ? "created" : after === NOTHING ? "deleted" : "edited";
        return { path: kind === "deleted" ? before : after, movedTo: "", kind, hunks };
      });
  } catch {
    return [];
  }
}

function nameIn(header: string | undefined): string {
  return (header ?? "").replace(/^[ab]\//, "");
}
