/** An agent's icon with what a session is at in its corner, as SVG. Pure. */

import { agentGlyph } from "../host/agents";
import type { Badge, Tone } from "./badges";

/** Pictures take no colour of a theme. */
export type Inks = Readonly<Record<Tone, string>>;

export const ON_LIGHT: Inks = {
  plain: "#424242",
  good: "#388a34",
  busy: "#1a85ff",
  warning: "#bf8803",
  bad: "#e51400",
};
export const ON_DARK: Inks = { plain: "#c5c5c5", good: "#89d185", busy: "#3794ff", warning: "#cca700", bad: "#f48771" };

export function pictureOf(harness: string, inks: Inks, badge?: Badge): string {
  const glyph = `<g color="${inks.plain}">${agentGlyph(harness)}</g>`;
  const drawing = badge === undefined ? glyph : withBadge(glyph, badge, inks[badge.tone]);
  return (
    '<svg xmlns="http://www.w3.org/2000/svg" width="16" height="16" viewBox="0 0 16 16">' +
    '<g fill="none" stroke="currentColor" stroke-width="1.3" stroke-linecap="round" stroke-linejoin="round">' +
    `${drawing}</g></svg>`
  );
}

/** The badge stands in a hole of the glyph, so that lines of the two never touch. */
function withBadge(glyph: string, badge: Badge, color: string): string {
  const hole =
    '<mask id="hole" stroke="none"><path fill="#fff" d="M-1-1h18v18H-1z"/><circle fill="#000" cx="11.75" cy="11.75" r="5.25"/></mask>';
  return `${hole}<g mask="url(#hole)">${glyph}</g><g color="${color}">${badge.drawing}</g>`;
}
