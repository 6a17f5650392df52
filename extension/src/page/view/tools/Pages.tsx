/** Pages that a search on the web found. Their addresses are told, and lead nowhere. */

import type { FoundPages } from "../../tools/pages";
import { Markdown } from "../Markdown";
import { Seen } from "../Seen";

/** Of a page's text as much as tells what it is. */
const TEXT_CHARS = 300;

export function Pages({ found }: { found: FoundPages }) {
  return (
    <div class="tool">
      <ol class="pages">
        {found.pages.map(({ title, address, text }, position) => (
          <li key={position}>
            <p class="page-title" dir="auto">
              <Seen text={title || address} reading="prose" />
            </p>
            <p class="url" dir="ltr">
              <Seen text={address} />
            </p>
            {text !== "" && (
              <p class="page-text" dir="auto">
                <Seen text={text.length > TEXT_CHARS ? `${text.slice(0, TEXT_CHARS)}…` : text} reading="prose" />
              </p>
            )}
          </li>
        ))}
      </ol>
      {found.prose !== "" && <Markdown source={found.prose} />}
    </div>
  );
}
