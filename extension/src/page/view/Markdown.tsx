/** Markdown in the page. Made outside of Preact, so that no text of a transcript ever passes as markup. */

import { useLayoutEffect, useRef } from "preact/hooks";
import { MAX_MARKDOWN_CHARS, renderMarkdown } from "../markdown/render";

export function Markdown({ source }: { source: string }) {
  const root = useRef<HTMLDivElement>(null);
  const isHuge = source.length > MAX_MARKDOWN_CHARS;
  useLayoutEffect(() => {
    if (!isHuge) {
      root.current?.replaceChildren(renderMarkdown(source));
    }
  }, [source, isHuge]);
  return isHuge ? (
    <pre class="plain" dir="auto">
      {source}
    </pre>
  ) : (
    <div class="markdown" dir="auto" ref={root} />
  );
}
