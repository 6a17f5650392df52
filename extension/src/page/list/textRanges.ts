/** Finds words in what is drawn, across the elements that code and Markdown are drawn with. */

/** Longer texts are not looked through, and of more places only the first are given. */
const MAX_CHARS = 4_000_000;
const MAX_RANGES = 5000;
const BLOCK = "p, pre, li, td, th, dd, dt, div, h1, h2, h3, h4, h5, h6, blockquote";

interface Piece {
  readonly node: Text;
  /** Where its text begins among all. */
  readonly start: number;
}

/** Output that is kept beside the session has hits of its own, apart from those of the event that it is drawn in. */
export const OUTPUT = "[data-output]";

/** The places where one of the words stands, exactly as it is spelled. */
export function rangesOf(root: Element, words: readonly string[]): readonly Range[] {
  if (words.length === 0) {
    return [];
  }
  const { pieces, text } = textOf(root);
  const longestFirst = [...words].sort((a, b) => b.length - a.length);
  const either = new RegExp(longestFirst.map((word) => word.replace(/[\\^$.*+?()[\]{}|]/g, "\\$&")).join("|"), "g");
  const ranges: Range[] = [];
  let at = 0;
  for (const match of text.matchAll(either)) {
    if (ranges.length >= MAX_RANGES) {
      break;
    }
    at = pieceAt(pieces, match.index, at);
    const last = pieceAt(pieces, match.index + match[0].length - 1, at);
    const [from, to] = [pieces[at], pieces[last]];
    if (from !== undefined && to !== undefined) {
      const range = new Range();
      range.setStart(from.node, Math.min(from.node.length, match.index - from.start));
      range.setEnd(to.node, Math.min(to.node.length, match.index + match[0].length - to.start));
      ranges.push(range);
    }
  }
  return ranges;
}

/** Blocks are told apart by a line break, which no word has to cross. */
function textOf(root: Element): { readonly pieces: readonly Piece[]; readonly text: string } {
  const walker = document.createTreeWalker(root, NodeFilter.SHOW_TEXT);
  const pieces: Piece[] = [];
  const texts: string[] = [];
  let length = 0;
  let block: Element | null | undefined;
  const output = root.closest(OUTPUT);
  for (let node = walker.nextNode(); node instanceof Text && length < MAX_CHARS; node = walker.nextNode()) {
    if (node.parentElement?.closest(OUTPUT) !== output) {
      continue;
    }
    const own = node.parentElement?.closest(BLOCK);
    if (block !== undefined && own !== block) {
      texts.push("\n");
      length += 1;
    }
    block = own;
    pieces.push({ node, start: length });
    texts.push(node.data);
    length += node.length;
  }
  return { pieces, text: texts.join("") };
}

/** The piece that a character is in, from a known one on. */
function pieceAt(pieces: readonly Piece[], offset: number, from: number): number {
  let at = from;
  while (at + 1 < pieces.length && (pieces[at + 1]?.start ?? 0) <= offset) {
    at += 1;
  }
  return at;
}
