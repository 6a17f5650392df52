/** The document a replay tab starts with: an empty room, what brings the page's script, and the policy that locks it. */

import type { Habits } from "../shared/habits";
import type { PageCode } from "./pageCode";

export interface PageAssets {
  readonly code: PageCode;
  readonly nonce: string;
  /** What the host's first messages bear: they are sent before the page could say its own id. */
  readonly token: string;
  readonly title: string;
  readonly habits: Habits;
}

function escapeHtml(text: string): string {
  return text.replace(/[&<>"']/g, (character) => `&#${character.charCodeAt(0)};`);
}

/** Transcript text never goes in here; it reaches the page by messages only. */
export function pageHtml(assets: PageAssets): string {
  const policy = [
    "default-src 'none'",
    `script-src 'nonce-${assets.nonce}'`,
    `style-src 'nonce-${assets.nonce}'`,
    // What the page made itself from bytes that were sent to it; an address never loads.
    "img-src blob:",
    "base-uri 'none'",
    "form-action 'none'",
  ].join("; ");
  return `<!DOCTYPE html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta http-equiv="Content-Security-Policy" content="${escapeHtml(policy)}">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>${escapeHtml(assets.title)}</title>
<style nonce="${assets.nonce}">${assets.code.style}</style>
</head>
<body>
<div id="root" data-token="${escapeHtml(assets.token)}" data-habits="${escapeHtml(JSON.stringify(assets.habits))}"></div>
<script nonce="${assets.nonce}">${assets.code.loader}</script>
</body>
</html>
`;
}
