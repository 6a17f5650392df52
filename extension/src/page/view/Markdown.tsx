/** Markdown in the page. Made outside of Preact, so that no text of a transcript ever passes as markup. */

import { useLayoutEffect, useMemo, useRef } from "preact/hooks";
import { renderMarkdown } from "../markdown/render";
import { Seen } from "./Seen";
import { useColours } from "./useColours";

const FENCE = /```|~~~/;

export function Markdown({ source }: { source: string }) {
  const root = useRef<HTMLDivElement>(null);
  const areColoured = useColours(FENCE.test(source));
  const rendered = useMemo(() => renderMarkdown(source, areColoured), [source, areColoured]);
  useLayoutEffect(() => {
    if (rendered !== undefined) {
      root.current?.replaceChildren(rendered);
    }
  }, [rendered]);
  return rendered === undefined ? (
    <pre class="plain" dir="auto">
      <Seen text={source} reading="prose" />
    </pre>
  ) : (
    <div class="markdown" dir="auto" ref={root} />
  );
}
