/** Code in colours, as markup with spans and nothing else: what goes into the page is sanitised all the same. */

import { highlighter } from "./languages";

/** Beyond this code stays plain: colouring it would hold up the page. */
export const MAX_HIGHLIGHTED_CHARS = 60_000;

/** Markup of the code, escaped; undefined when it stays plain. */
export function highlightedHtml(code: string, language: string | undefined): string | undefined {
  if (language === undefined || code.length > MAX_HIGHLIGHTED_CHARS || !highlighter.getLanguage(language)) {
    return undefined;
  }
  return highlighter.highlight(code, { language, ignoreIllegals: true }).value;
}

/**
 * Cuts marked-up code into lines, each with the spans that reach into it opened and closed again. The markup has spans,
 * text and entities only.
 */
export function linesOfHtml(html: string): readonly string[] {
  const open: string[] = [];
  return html.split("\n").map((line) => {
    const before = open.join("");
    for (const [tag] of line.matchAll(/<span[^>]*>|<\/span>/g)) {
      if (tag === "</span>") {
        open.pop();
      } else {
        open.push(tag);
      }
    }
    return before + line + "</span>".repeat(open.length);
  });
}
