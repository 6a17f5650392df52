/**
 * Headings of a text below those of the page, and none more than a level below the one before: an outline has no holes.
 * How a heading looks goes by the level that it was written with.
 */

/** As much of a token of the parser's as this needs. */
interface Token {
  readonly type: string;
  tag: string;
  attrJoin(name: string, value: string): void;
}

/** The page's own end above this. */
const FIRST_LEVEL = 3;
const LAST_LEVEL = 6;

export function nestHeadings(tokens: readonly Token[]): void {
  /** The levels, as written, of the headings that the text is under. */
  const above: number[] = [];
  for (const token of tokens) {
    const written = Number(token.tag.slice(1));
    if (token.type === "heading_open") {
      while ((above.at(-1) ?? 0) >= written) {
        above.pop();
      }
      token.attrJoin("class", `level-${written}`);
      token.tag = tagBelow(above.length);
      above.push(written);
    } else if (token.type === "heading_close") {
      token.tag = tagBelow(above.length - 1);
    }
  }
}

function tagBelow(depth: number): string {
  return `h${Math.min(LAST_LEVEL, FIRST_LEVEL + depth)}`;
}
