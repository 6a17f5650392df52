/**
 * Markdown of a transcript as a document fragment. Transcripts are hostile: no HTML of theirs is taken over, nothing is
 * loaded from anywhere, and what the renderer makes is sanitised once more.
 */

import DOMPurify from "dompurify";
import MarkdownIt from "markdown-it";
import { isOpenableUrl } from "../../shared/guards";
import { highlightedHtml } from "../text/highlight";
import { markUnseen } from "../text/unseen";
import { directionOf } from "./direction";
import { nestHeadings } from "./headings";
import { markTasks } from "./tasks";

/** Beyond this, or with more markup than that, Markdown is shown as it is written: laying it out would hold up the page. */
const MAX_MARKDOWN_CHARS = 400_000;
const MAX_MARKUP_CHARS = 4_000_000;
/** Of all addresses together: one that is defined once may be named in every word. */
const MAX_ADDRESSES_CHARS = 1_000_000;
const MAX_SHOWN_ADDRESS = 120;

const ALLOWED_TAGS = [
  ...["p", "br", "hr", "h1", "h2", "h3", "h4", "h5", "h6", "strong", "em", "s", "code", "pre", "blockquote"],
  ...["ul", "ol", "li", "table", "thead", "tbody", "tr", "th", "td", "a", "span", "div"],
];
const ALLOWED_ATTRIBUTES = ["class", "data-url", "data-align", "dir", "role", "start", "tabindex", "title"];

const markupOf = createMarkdown();

/** Undefined where it is too much to be laid out. `areColoured`: its code is, if its language is known. */
export function renderMarkdown(source: string, areColoured = true): DocumentFragment | undefined {
  if (source.length > MAX_MARKDOWN_CHARS) {
    return undefined;
  }
  const markup = markupOf(source, areColoured);
  return markup.length > MAX_MARKUP_CHARS ? undefined : markUnseen(sanitize(markup), "prose");
}

/** The second wall, for the case that the first has a hole. */
export function sanitize(html: string): DocumentFragment {
  return DOMPurify.sanitize(html, {
    ALLOWED_TAGS,
    ALLOWED_ATTR: ALLOWED_ATTRIBUTES,
    ALLOW_DATA_ATTR: false,
    ALLOW_ARIA_ATTR: false,
    RETURN_DOM_FRAGMENT: true,
  });
}

function createMarkdown(): (source: string, areColoured: boolean) => string {
  const md = new MarkdownIt({ html: false, linkify: false, typographer: false });
  const { escapeHtml } = md.utils;
  let isCodeColoured = false;
  const highlighted = (code: string, language: string): string =>
    (isCodeColoured ? highlightedHtml(code, language) : undefined) ?? escapeHtml(code);
  md.core.ruler.push("tasks", (state) => markTasks(state.tokens));
  md.core.ruler.push("headings", (state) => nestHeadings(state.tokens));
  // Every address becomes a link token, so that the rules below decide, and none is dropped in silence.
  md.validateLink = () => true;

  /** The links that the renderer is in, and how much was spent on addresses so far. */
  const open: { readonly url: string; readonly canOpen: boolean }[] = [];
  let addressChars = 0;
  const isAffordable = (chars: number): boolean => {
    addressChars += chars;
    return addressChars <= MAX_ADDRESSES_CHARS;
  };
  md.renderer.rules["link_open"] = (tokens, index) => {
    const url = String(tokens[index]?.attrGet("href") ?? "");
    const canOpen = isOpenableUrl(url) && isAffordable(2 * url.length);
    open.push({ url, canOpen });
    const spelled = escapeHtml(url);
    return canOpen
      ? `<a class="link" role="link" tabindex="0" data-url="${spelled}" title="${spelled}">`
      : '<span class="inert-link">';
  };
  md.renderer.rules["link_close"] = (tokens, index) => {
    const { url, canOpen } = open.pop() ?? { url: "", canOpen: false };
    if (canOpen) {
      return "</a>";
    }
    const isItsOwnText = tokens[index - 1]?.content === url;
    return isItsOwnText ? "</span>" : `${addressNote(url)}</span>`;
  };
  md.renderer.rules["image"] = (tokens, index) => {
    const token = tokens[index];
    const note = addressNote(String(token?.attrGet("src") ?? ""));
    return `<span class="image-note">${escapeHtml(token?.content || "image")}${note}</span>`;
  };
  const addressNote = (url: string): string => {
    const shown = url.length > MAX_SHOWN_ADDRESS ? `${url.slice(0, MAX_SHOWN_ADDRESS)}…` : url;
    return isAffordable(shown.length) ? ` <span class="url">(${escapeHtml(shown)})</span>` : "";
  };

  md.renderer.rules["fence"] = (tokens, index) => {
    const token = tokens[index];
    const language = token?.info.trim().split(/\s+/)[0] ?? "";
    const caption = language === "" ? "" : `<div class="code-caption">${escapeHtml(language)}</div>`;
    return `<div class="code-block">${caption}<pre dir="ltr" tabindex="0"><code>${highlighted(token?.content ?? "", language)}</code></pre></div>\n`;
  };
  md.renderer.rules["code_block"] = (tokens, index) =>
    `<div class="code-block"><pre dir="ltr" tabindex="0"><code>${escapeHtml(tokens[index]?.content ?? "")}</code></pre></div>\n`;
  md.renderer.rules["table_open"] = (tokens, index) =>
    `<div class="table-frame" tabindex="0"><table dir="${directionOf(tokens, index)}">\n`;
  md.renderer.rules["table_close"] = () => "</table></div>\n";

  // The policy of the page forbids style attributes, which is how columns would be aligned.
  for (const cell of ["th_open", "td_open"]) {
    md.renderer.rules[cell] = (tokens, index, options, _environment, self) => {
      const token = tokens[index];
      const align = /text-align:(left|center|right)/.exec(String(token?.attrGet("style") ?? ""))?.[1];
      if (token !== undefined) {
        token.attrs = [["dir", "auto"], ...(align === undefined ? [] : [["data-align", align] as [string, string]])];
      }
      return self.renderToken(tokens, index, options);
    };
  }
  for (const container of ["blockquote_open", "bullet_list_open", "ordered_list_open"]) {
    md.renderer.rules[container] = (tokens, index, options, _environment, self) => {
      tokens[index]?.attrSet("dir", directionOf(tokens, index));
      return self.renderToken(tokens, index, options);
    };
  }
  for (const block of ["paragraph_open", "heading_open"]) {
    md.renderer.rules[block] = (tokens, index, options, _environment, self) => {
      tokens[index]?.attrSet("dir", "auto");
      return self.renderToken(tokens, index, options);
    };
  }
  return (source, areColoured) => {
    isCodeColoured = areColoured;
    open.length = 0;
    addressChars = 0;
    return md.render(source);
  };
}
