/** Code in colours, as markup with spans and nothing else: what goes into the page is sanitised all the same. */

import { broughtColours } from "./colours";
import { languageNamed } from "./languages";

/** Beyond this code stays plain: colouring it would hold up the page. */
export const MAX_HIGHLIGHTED_CHARS = 60_000;
/** Some grammars look at a line again from each of its characters. */
const LONG_LINE = /^.{4000}/m;
const MAX_OPEN = 60;

/** Markup of the code, escaped; undefined when it stays plain, as all does until the colours are brought. */
export function highlightedHtml(code: string, name: string): string | undefined {
  const language = languageNamed(name);
  if (language === undefined || code.length > MAX_HIGHLIGHTED_CHARS || LONG_LINE.test(code)) {
    return undefined;
  }
  return broughtColours()?.highlighterFor(language).highlight(code, { language, ignoreIllegals: true }).value;
}

/**
 * Cuts marked-up code into lines, each with the spans that reach into it opened and closed again. The markup has spans,
 * text and entities only. Undefined where so many are open at once that opening them in each line would be a flood.
 */
export function linesOfHtml(html: string): readonly string[] | undefined {
  const open: string[] = [];
  let mostOpen = 0;
  const lines = html.split("\n").map((line) => {
    const before = mostOpen > MAX_OPEN ? "" : open.join("");
    for (const [tag] of line.matchAll(/<span[^>]*>|<\/span>/g)) {
      if (tag === "</span>") {
        open.pop();
      } else {
        open.push(tag);
        mostOpen = Math.max(mostOpen, open.length);
      }
    }
    return mostOpen > MAX_OPEN ? "" : before + line + "</span>".repeat(open.length);
  });
  return mostOpen > MAX_OPEN ? undefined : lines;
}
