/** Pages that a search on the web found, as each agent writes them down. */

import { isObject } from "../../shared/shape";
import { type Fields, fieldsOf, objectsIn, textIn } from "./fields";

export interface FoundPage {
  readonly title: string;
  readonly address: string;
  readonly text: string;
}

export interface FoundPages {
  readonly pages: readonly FoundPage[];
  /** What was said about them, as Markdown. */
  readonly prose: string;
}

/** Claude Code's line with a list of links. */
const LINKS = /^Links: (\[.*\])$/m;

/** `undefined` where the text tells of none. */
export function pagesIn(text: string): FoundPages | undefined {
  const links = LINKS.exec(text);
  if (links !== null) {
    const pages = pagesOf(fieldsOf(`{"results":${links[1]}}`) ?? {});
    return pages.length === 0 ? undefined : { pages, prose: text.replace(links[0], "").trim() };
  }
  const fields = text.startsWith("{") ? fieldsOf(text) : undefined;
  const data = fields?.["data"];
  const pages = [fields, isObject(data) ? data : undefined].flatMap((each) =>
    each === undefined ? [] : pagesOf(each),
  );
  return pages.length === 0 ? undefined : { pages, prose: textIn(fields ?? {}, "answer", "summary") };
}

function pagesOf(fields: Fields): readonly FoundPage[] {
  return objectsIn(fields, "results", "web", "links", "sources")
    .map((page) => ({
      title: textIn(page, "title", "name"),
      address: textIn(page, "url", "link", "uri"),
      text: textIn(page, "description", "snippet", "content", "text"),
    }))
    .filter((page) => page.address !== "");
}
