/** Two texts, or a patch, as the lines of a diff. */

import { structuredPatch } from "diff";

export type DiffLineKind = "same" | "added" | "removed" | "gap";

export interface DiffLine {
  readonly kind: DiffLineKind;
  readonly text: string;
  /** From 1; null where the line isn't on that side, or nobody knows where it stands. */
  readonly before: number | null;
  readonly after: number | null;
}

const CONTEXT_LINES = 3;
/** Texts that differ more than can be found out in this time are shown as removed and added. */
const MAX_DIFF_MS = 150;

/** `isExcerpt`: the texts are cut out of a file, so their own line numbers say nothing. */
export function diffOf(before: string, after: string, isExcerpt: boolean): readonly DiffLine[] {
  const patch = structuredPatch("", "", ended(before), ended(after), "", "", {
    context: CONTEXT_LINES,
    timeout: MAX_DIFF_MS,
  });
  const lines =
    patch === undefined
      ? replaced(before, after)
      : patch.hunks.flatMap((hunk, position) => [
          ...(position > 0 ? [GAP] : []),
          ...numbered(hunk.lines, hunk.oldStart, hunk.newStart),
        ]);
  return isExcerpt ? lines.map((line) => ({ ...line, before: null, after: null })) : lines;
}

export const GAP: DiffLine = { kind: "gap", text: "", before: null, after: null };

/** Lines with `+`, `-` or a space in front; null as a start where no line numbers are known. */
export function numbered(
  lines: readonly string[],
  beforeStart: number | null,
  afterStart: number | null,
): readonly DiffLine[] {
  let [before, after] = [beforeStart, afterStart];
  const next = { before: () => (before === null ? null : before++), after: () => (after === null ? null : after++) };
  return lines
    .filter((line) => !line.startsWith("\\"))
    .map((line): DiffLine => {
      const text = line.slice(1);
      switch (line[0]) {
        case "+":
          return { kind: "added", text, before: null, after: next.after() };
        case "-":
          return { kind: "removed", text, before: next.before(), after: null };
        default:
          return { kind: "same", text, before: next.before(), after: next.after() };
      }
    });
}

export function countChanges(lines: readonly DiffLine[]): { readonly added: number; readonly removed: number } {
  const count = (kind: DiffLineKind): number => lines.filter((line) => line.kind === kind).length;
  return { added: count("added"), removed: count("removed") };
}

/** A last line without its end would differ from the same line with it. */
function ended(text: string): string {
  return text === "" || text.endsWith("\n") ? text : `${text}\n`;
}

function replaced(before: string, after: string): readonly DiffLine[] {
  const lines = (text: string, sign: string): readonly string[] =>
    text === ""
      ? []
      : ended(text)
          .slice(0, -1)
          .split("\n")
          .map((line) => sign + line);
  return numbered([...lines(before, "-"), ...lines(after, "+")], 1, 1);
}
