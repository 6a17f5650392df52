/**
 * Markdown of a transcript as a document fragment. Transcripts are hostile: no HTML of theirs is taken over, nothing is
 * loaded from anywhere, and what the renderer makes is sanitised once more.
 */

import DOMPurify from "dompurify";
import MarkdownIt from "markdown-it";
import { isOpenableUrl } from "../../shared/guards";
import { highlightedHtml } from "../text/highlight";
import { markTasks } from "./tasks";

/** Beyond this Markdown is shown as it is written: laying it out would hold up the page. */
export const MAX_MARKDOWN_CHARS = 400_000;

const ALLOWED_TAGS = [
  ...["p", "br", "hr", "h1", "h2", "h3", "h4", "h5", "h6", "strong", "em", "s", "code", "pre", "blockquote"],
  ...["ul", "ol", "li", "table", "thead", "tbody", "tr", "th", "td", "a", "span", "div"],
];
const ALLOWED_ATTRIBUTES = ["class", "data-url", "data-align", "dir", "role", "start", "tabindex", "title"];

const markdown = createMarkdown();

export function renderMarkdown(source: string): DocumentFragment {
  return sanitize(markdown.render(source));
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

function createMarkdown(): InstanceType<typeof MarkdownIt> {
  const md = new MarkdownIt({ html: false, linkify: false, typographer: false });
  const { escapeHtml } = md.utils;
  const highlighted = (code: string, language: string): string => highlightedHtml(code, language) ?? escapeHtml(code);
  md.core.ruler.push("tasks", (state) => markTasks(state.tokens));
  // Every address becomes a link token, so that the rules below decide, and none is dropped in silence.
  md.validateLink = () => true;

  const addresses: string[] = [];
  md.renderer.rules["link_open"] = (tokens, index) => {
    const url = String(tokens[index]?.attrGet("href") ?? "");
    addresses.push(url);
    return isOpenableUrl(url)
      ? `<a class="link" role="link" tabindex="0" data-url="${escapeHtml(url)}" title="${escapeHtml(url)}">`
      : '<span class="inert-link">';
  };
  md.renderer.rules["link_close"] = (tokens, index) => {
    const url = addresses.pop() ?? "";
    if (isOpenableUrl(url)) {
      return "</a>";
    }
    const isItsOwnText = tokens[index - 1]?.content === url;
    return isItsOwnText ? "</span>" : ` <span class="url">(${escapeHtml(url)})</span></span>`;
  };
  md.renderer.rules["image"] = (tokens, index) => {
    const token = tokens[index];
    const alt = token?.content || "image";
    const url = String(token?.attrGet("src") ?? "");
    const shown = url.length > 120 ? `${url.slice(0, 120)}…` : url;
    return `<span class="image-note">${escapeHtml(alt)} <span class="url">(${escapeHtml(shown)})</span></span>`;
  };

  md.renderer.rules["fence"] = (tokens, index) => {
    const token = tokens[index];
    const language = token?.info.trim().split(/\s+/)[0] ?? "";
    const caption = language === "" ? "" : `<div class="code-caption">${escapeHtml(language)}</div>`;
    return `<div class="code-block">${caption}<pre dir="ltr" tabindex="0"><code>${highlighted(token?.content ?? "", language)}</code></pre></div>\n`;
  };
  md.renderer.rules["code_block"] = (tokens, index) =>
    `<div class="code-block"><pre dir="ltr" tabindex="0"><code>${escapeHtml(tokens[index]?.content ?? "")}</code></pre></div>\n`;
  md.renderer.rules["table_open"] = () => '<div class="table-frame" tabindex="0"><table>\n';
  md.renderer.rules["table_close"] = () => "</table></div>\n";

  // The policy of the page forbids style attributes, which is how columns would be aligned.
  for (const cell of ["th_open", "td_open"]) {
    md.renderer.rules[cell] = (tokens, index, options, _environment, self) => {
      const token = tokens[index];
      const align = /text-align:(left|center|right)/.exec(String(token?.attrGet("style") ?? ""))?.[1];
      if (token !== undefined) {
        token.attrs = align === undefined ? [] : [["data-align", align]];
      }
      return self.renderToken(tokens, index, options);
    };
  }
  for (const block of ["paragraph_open", "heading_open", "blockquote_open", "bullet_list_open", "ordered_list_open"]) {
    md.renderer.rules[block] = (tokens, index, options, _environment, self) => {
      tokens[index]?.attrSet("dir", "auto");
      return self.renderToken(tokens, index, options);
    };
  }
  return md;
}
