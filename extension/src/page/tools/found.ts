/** What searching tools answer, file by file, in each of the forms that agents write it in. */

import { isString } from "../../shared/shape";
import { type Fields, fieldsOf, numberIn, objectsIn, textIn } from "./fields";
import { patternWords } from "./patternWords";

export interface FoundLine {
  /** In its file, from 1; null where it wasn't told. */
  readonly number: number | null;
  readonly text: string;
  /** Else it stands around one that does. */
  readonly isMatch: boolean;
}

export interface FoundFile {
  readonly path: string;
  /** None where only the file was told. */
  readonly lines: readonly FoundLine[];
}

export interface Found {
  readonly files: readonly FoundFile[];
  /** What stands around the files: counts, what was left out. */
  readonly remark: string;
}

/** `src/a.ts:12:text`; around a match with dashes. A drive's letter is part of the path. */
const NUMBERED = /^((?:[A-Za-z]:)?[^:\0]+?):(\d+):(.*)$/;
const AROUND = /^((?:[A-Za-z]:)?[^:\0]+?)-(\d+)-(.*)$/;
const UNNUMBERED = /^((?:[A-Za-z]:)?[^:\s]+):(.*)$/;
const UNDER_FILE = /^L?(\d+): ?(.*)$/;
const FILE_HEAD = /^File: (.+)$/;
/** What no path on a line of its own has, but for a drive's letter. */
const NO_PATH = /[:"'<>|*?]/;
const DRIVE = /^[A-Za-z]:/;
/** Files that have no ending: `Makefile`, `LICENSE`. */
const NAMES = /^[A-Z][A-Za-z]+$/;
const RULE = /^-{2,3}$/;
/** How many were found is counted anyway. */
const COUNT = /^Found \d+/;
const HEAD = /^(?:Found |No |Showing |\(|\[|Results |Search )/;
/** Of the lines so many have to be understood: else they are shown as they are. */
const MOST = 0.8;

/** `undefined` where the text is something else. */
export function foundIn(text: string): Found | undefined {
  return (
    foundInObject(text) ??
    foundUnderHeads(text) ??
    foundInLines(text, NUMBERED) ??
    pathsIn(text) ??
    foundInLines(text, UNNUMBERED)
  );
}

/** Of a command that may print anything: only lines with numbers are taken for hits. */
export function foundByCommand(command: string, output: string): Found | undefined {
  return SEARCHING.test(command) ? foundInLines(output, NUMBERED) : undefined;
}

const SEARCHING = /^\s*(?:rg|grep|egrep|git grep|ag|ack)\s/;
/** What such a command looks for: its first word that is no option. */
const SOUGHT = /^\s*(?:git )?\w+((?: +-\S+)*) +(?:"([^"]+)"|'([^']+)'|([^\s-]\S*))/;

export function wordsSought(command: string): readonly string[] {
  const [, , double, single, bare] = (SEARCHING.test(command) && SOUGHT.exec(command)) || [];
  return patternWords(double ?? single ?? bare ?? "");
}

function foundInObject(text: string): Found | undefined {
  const fields = text.startsWith("{") ? fieldsOf(text) : undefined;
  if (fields === undefined) {
    return undefined;
  }
  const files = new Files();
  for (const match of objectsIn(fields, "matches", "results")) {
    const path = textIn(match, "path", "file", "filename");
    if (path !== "") {
      files.add(path, { number: numberIn(match, "line", "line_number") ?? null, text: lineIn(match), isMatch: true });
    }
  }
  const paths = fields["files"];
  for (const path of Array.isArray(paths) ? paths.filter(isString) : []) {
    files.note(path);
  }
  return files.found([]);
}

function lineIn(match: Fields): string {
  return textIn(match, "content", "text", "snippet").replace(/\n$/, "");
}

function foundUnderHeads(text: string): Found | undefined {
  const files = new Files();
  const remarks: string[] = [];
  let path = "";
  for (const line of linesOf(text)) {
    const head = FILE_HEAD.exec(line)?.[1];
    const [, number, own = ""] = UNDER_FILE.exec(line) ?? [];
    if (head !== undefined) {
      path = head;
    } else if (path !== "" && number !== undefined) {
      files.add(path, { number: Number(number), text: own, isMatch: true });
    } else if (!RULE.test(line)) {
      remarks.push(line);
    }
  }
  return files.found(remarks);
}

function foundInLines(text: string, form: RegExp): Found | undefined {
  const files = new Files();
  const remarks: string[] = [];
  const lines = linesOf(text).filter((line) => !RULE.test(line));
  for (const line of lines) {
    const match = form.exec(line);
    const around = match === null && form === NUMBERED ? AROUND.exec(line) : null;
    const [, path = "", second = "", third] = match ?? around ?? [];
    if (!isPath(path) || HEAD.test(line)) {
      remarks.push(line);
    } else if (third === undefined) {
      files.add(path, { number: null, text: second, isMatch: true });
    } else {
      files.add(path, { number: Number(second), text: third, isMatch: match !== null });
    }
  }
  const sentences = remarks.filter((line) => !HEAD.test(line)).length;
  return sentences > lines.length * (1 - MOST) ? undefined : files.found(remarks);
}

function pathsIn(text: string): Found | undefined {
  const files = new Files();
  const remarks: string[] = [];
  for (const line of linesOf(text)) {
    if (isPath(line) && !HEAD.test(line)) {
      files.note(line);
    } else if (HEAD.test(line)) {
      remarks.push(line);
    } else {
      return undefined;
    }
  }
  return files.found(remarks);
}

/** Some folder or an ending, and nothing that looks like a sentence. */
function isPath(text: string): boolean {
  const path = text.replace(DRIVE, "");
  return (NAMES.test(path) || /[/\\.]/.test(path)) && !NO_PATH.test(path) && !/[.!?,]\s|\s{2}|[.!]$/.test(path);
}

function linesOf(text: string): readonly string[] {
  return text
    .replace(/\r\n/g, "\n")
    .split("\n")
    .filter((line) => line.trim() !== "");
}

/** Collects lines by their files, which stay in the order in which they came. */
class Files {
  readonly #lines = new Map<string, FoundLine[]>();

  note(path: string): FoundLine[] {
    const lines = this.#lines.get(path) ?? [];
    this.#lines.set(path, lines);
    return lines;
  }

  add(path: string, line: FoundLine): void {
    this.note(path).push(line);
  }

  found(remarks: readonly string[]): Found | undefined {
    const files = [...this.#lines].map(([path, lines]) => ({ path, lines }));
    const told = remarks.filter((line) => !COUNT.test(line)).join("\n");
    return files.length === 0 ? undefined : { files, remark: told };
  }
}
