/**
 * Characters that nobody sees: they turn a line around, hide words in it, or split it. Marked where they stand, so that
 * no text looks like another one; the text itself stays as it is, for searching and copying.
 */

/** In prose only what is of no use to any language's writing is marked. */
export type Reading = "prose" | "code";

/** Control characters; overrides and embeddings; fillers; annotations; tags that are no flag's; selectors of variants. */
const NEVER_SEEN = [
  String.raw`[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f]`,
  String.raw`[\u202a-\u202e\u2061-\u2064\u206a-\u206f\u180e\u115f\u1160\u3164\uffa0\ufff9-\ufffb]`,
  String.raw`(?<!\u{1f3f4}[\u{e0020}-\u{e007f}]{0,7})[\u{e0000}-\u{e007f}]`,
  String.raw`[\u{e0100}-\u{e01ef}]`,
];
/** Direction marks and isolates, joiners outside of emoji, spaces without width, separators of lines. */
const NOT_IN_CODE = [
  String.raw`[\u2066-\u2069\u200e\u200f\u061c\u200b\u200c\u2060\ufeff\u00ad\u034f\u2028\u2029]`,
  String.raw`(?<![\p{Extended_Pictographic}\p{Emoji_Modifier}\ufe0f])\u200d`,
];
const RUNS: Readonly<Record<Reading, RegExp>> = {
  prose: new RegExp(`(?:${NEVER_SEEN.join("|")})+`, "gu"),
  code: new RegExp(`(?:${[...NEVER_SEEN, ...NOT_IN_CODE].join("|")})+`, "gu"),
};
const TAGS = /^[\u{e0000}-\u{e007f}]+$/u;
/** Of a longer run only the first are named. */
const NAMED = 3;
const MOST_TAGS = 200;
/** Of a text with more marks the rest is one piece, which says how many are in it. */
const MOST_MARKS = 2000;

export interface Piece {
  readonly text: string;
  /** What stands there unseen; empty for text that is seen. */
  readonly sign: string;
}

export function hasUnseen(text: string, reading: Reading): boolean {
  return text.search(RUNS[reading]) !== -1;
}

export function piecesOf(text: string, reading: Reading): readonly Piece[] {
  const pieces: Piece[] = [];
  let end = 0;
  let marks = 0;
  for (const match of text.matchAll(RUNS[reading])) {
    marks += 1;
    if (marks > MOST_MARKS) {
      continue;
    }
    if (match.index > end) {
      pieces.push({ text: text.slice(end, match.index), sign: "" });
    }
    pieces.push({ text: match[0], sign: signOf(match[0]) });
    end = match.index + match[0].length;
  }
  if (end < text.length || pieces.length === 0) {
    const further = marks - MOST_MARKS;
    pieces.push({ text: text.slice(end), sign: further > 0 ? `and ${further} more` : "" });
  }
  return pieces;
}

/** For where nothing can be marked, such as tooltips: the signs stand in the characters' place. */
export function spelledOut(text: string): string {
  return hasUnseen(text, "code")
    ? piecesOf(text, "code")
        .map(({ text: own, sign }) => (sign === "" ? own : `⟨${sign}⟩`))
        .join("")
    : text;
}

/** Marks what is in a piece of the document; what code is in it is read as code. */
export function markUnseen<T extends Node>(root: T, reading: Reading): T {
  if (!hasUnseen(root.textContent ?? "", "code")) {
    return root;
  }
  const walker = document.createTreeWalker(root, NodeFilter.SHOW_TEXT);
  const texts: Text[] = [];
  for (let node = walker.nextNode(); node instanceof Text; node = walker.nextNode()) {
    texts.push(node);
  }
  for (const text of texts) {
    const own = reading === "prose" && text.parentElement?.closest("code, .url") != null ? "code" : reading;
    if (hasUnseen(text.data, own)) {
      const pieces = document.createDocumentFragment();
      for (const piece of piecesOf(text.data, own)) {
        pieces.append(nodeOf(piece));
      }
      text.replaceWith(pieces);
    }
  }
  return root;
}

function nodeOf({ text, sign }: Piece): Node | string {
  if (sign === "") {
    return text;
  }
  const mark = document.createElement("span");
  mark.className = "unseen";
  mark.dataset["sign"] = sign;
  mark.append(text);
  return mark;
}

/** `U+202E`; of tags, which spell a text that only machines read, that text. */
function signOf(run: string): string {
  if (TAGS.test(run)) {
    const letters = Array.from(run, (tag) => String.fromCodePoint((tag.codePointAt(0) ?? 0) - 0xe0000));
    return `hidden: ${letters
      .slice(0, MOST_TAGS)
      .join("")
      .replace(/[^ -~]/g, "·")}${letters.length > MOST_TAGS ? "…" : ""}`;
  }
  const characters = Array.from(run);
  const named = characters.slice(0, NAMED).map(codeOf).join(" ");
  return characters.length > NAMED ? `${named} … ${characters.length}` : named;
}

function codeOf(character: string): string {
  return `U+${(character.codePointAt(0) ?? 0).toString(16).toUpperCase().padStart(4, "0")}`;
}
