/** What hits in a text say: the words to be marked where the text is drawn. */

import type { SearchHit } from "../../protocol/messages";

/** Of each hit within the text; JSON that is drawn taken apart shows its escapes as what they mean. */
export function hitWords(text: string, hits: readonly SearchHit[], isJson: boolean): readonly string[] {
  const words = new Set<string>();
  let chars = 0;
  let unit = 0;
  const advance = (to: number): number => {
    while (chars < to && unit < text.length) {
      unit += (text.codePointAt(unit) ?? 0) > 0xffff ? 2 : 1;
      chars += 1;
    }
    return unit;
  };
  for (const hit of hits) {
    const begin = advance(hit.start);
    const word = text.slice(begin, advance(hit.start + hit.length));
    if (word !== "" && chars >= hit.start + hit.length) {
      words.add(word);
      const meant = isJson ? unescaped(word) : word;
      words.add(meant);
    }
  }
  return [...words];
}

function unescaped(word: string): string {
  try {
    const meant: unknown = JSON.parse(`"${word}"`);
    return typeof meant === "string" && meant !== "" ? meant : word;
  } catch {
    return word;
  }
}
