/** Code, terminal output and diffs as document fragments; text of a transcript goes in as text, or sanitised. */

import { sanitize } from "../markdown/render";
import type { DiffLine } from "../tools/diffLines";
import { hasEscapes, runsOf } from "./ansi";
import { highlightedHtml, linesOfHtml } from "./highlight";
import { markUnseen } from "./unseen";

/** Terminal output in more pieces than this is shown without its colours. */
const MAX_RUNS = 4000;
const SIGNS = { added: "+", removed: "−", same: " ", gap: " " } as const;

export function codeFragment(code: string, language: string | undefined): DocumentFragment {
  const html = language === undefined ? undefined : highlightedHtml(code, language);
  return codeOf([html === undefined ? code : sanitize(html)]);
}

/** Each line with its number in front, which is no part of what is selected and copied. */
export function numberedFragment(
  lines: readonly string[],
  first: number,
  language: string | undefined,
): DocumentFragment {
  const coloured = colouredLines(lines, language);
  return codeOf(
    lines.map((line, position) =>
      element("span", "code-line", [
        number(first + position),
        element("span", "code-text", [coloured?.[position] ?? line, "\n"]),
      ]),
    ),
  );
}

export function outputFragment(output: string): DocumentFragment {
  if (!hasEscapes(output)) {
    return codeOf([output]);
  }
  const runs = runsOf(output);
  return runs.length > MAX_RUNS
    ? codeOf([runs.map((run) => run.text).join("")])
    : codeOf(runs.map((run) => (run.classes === "" ? run.text : element("span", run.classes, [run.text]))));
}

/** Added and removed lines are told by a sign, too, not by their colour alone. */
export function diffFragment(lines: readonly DiffLine[], language: string | undefined): DocumentFragment {
  const before = sideOf(lines, "added", language);
  const after = sideOf(lines, "removed", language);
  const isNumbered = lines.some((line) => line.before !== null || line.after !== null);
  return codeOf(
    lines.map((line, position) => {
      if (line.kind === "gap") {
        return element("span", "diff-line diff-gap", ["⋯\n"]);
      }
      const coloured = (line.kind === "removed" ? before : after)?.[position];
      return element("span", `diff-line diff-${line.kind}`, [
        ...(isNumbered ? [number(line.after ?? line.before)] : []),
        element("span", "diff-sign", [SIGNS[line.kind]]),
        element("span", "code-text", [coloured ?? line.text, "\n"]),
      ]);
    }),
  );
}

/** Each side is coloured as a whole: a line alone doesn't tell that it is inside a comment. */
function sideOf(lines: readonly DiffLine[], hidden: DiffLine["kind"], language: string | undefined) {
  return colouredLines(
    lines.map((line) => (line.kind === hidden ? "" : line.text)),
    language,
  );
}

/** Sanitised in one go: that is what costs. */
function colouredLines(
  lines: readonly string[],
  language: string | undefined,
): readonly DocumentFragment[] | undefined {
  const html = language === undefined ? undefined : highlightedHtml(lines.join("\n"), language);
  if (html === undefined) {
    return undefined;
  }
  const cut = linesOfHtml(html);
  if (cut === undefined) {
    return undefined;
  }
  const marked = sanitize(cut.map((line) => `<div>${line}</div>`).join(""));
  return [...marked.children].map((line) => fragmentOf([...line.childNodes]));
}

function number(value: number | null): HTMLElement {
  const shown = element("span", "line-number", []);
  shown.dataset["number"] = value === null ? "" : String(value);
  shown.setAttribute("aria-hidden", "true");
  return shown;
}

function element(tag: string, classes: string, children: readonly (Node | string)[]): HTMLElement {
  const made = document.createElement(tag);
  made.className = classes;
  made.append(...children);
  return made;
}

function fragmentOf(children: readonly (Node | string)[]): DocumentFragment {
  const fragment = document.createDocumentFragment();
  // One by one: a function takes only so many arguments.
  for (const child of children) {
    fragment.append(child);
  }
  return fragment;
}

/** With marks on what would not be seen. */
function codeOf(children: readonly (Node | string)[]): DocumentFragment {
  return markUnseen(fragmentOf(children), "code");
}
