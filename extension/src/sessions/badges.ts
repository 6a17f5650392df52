/** The small marks in the corner of an agent's icon: what a session is at, told apart by shape and not by colour alone. */

import type { SessionState } from "../protocol/messages";

export interface Badge {
  /** SVG in the lower right quarter of 16 by 16 units. */
  readonly drawing: string;
  readonly tone: Tone;
}

export type Tone = "plain" | "good" | "busy" | "warning" | "bad";

const FILLED = 'fill="currentColor"';

const BADGES: Readonly<Record<SessionState, Badge>> = {
  live: { drawing: `<circle cx="11.75" cy="11.75" r="3" ${FILLED}/>`, tone: "good" },
  mirrored: { drawing: '<path d="m8.75 12 2.25 2.25L15 9.5"/>', tone: "plain" },
  behind: { drawing: '<path d="M11.75 15V8.75M8.75 11.5l3-3 3 3"/>', tone: "busy" },
  waiting: { drawing: '<circle cx="11.75" cy="11.75" r="3.25"/><path d="M11.75 10v2l1 .75"/>', tone: "plain" },
  elsewhere: { drawing: '<path d="M8.5 10.5h4.5V15H8.5ZM10.5 8.25h4.75V13"/>', tone: "plain" },
  otherMachine: { drawing: '<path d="M8.25 8.75h7v4.25h-7ZM9.75 15.25h4"/>', tone: "plain" },
  error: { drawing: '<path d="m9.25 9.25 5 5m0-5-5 5" stroke-width="2"/>', tone: "bad" },
  stopped: { drawing: '<path d="M10.25 9v5.5M13.5 9v5.5" stroke-width="1.75"/>', tone: "plain" },
  bucketOnly: {
    drawing: '<path d="M10 14.75h3.75a1.75 1.75 0 0 0 .25-3.5 2.5 2.5 0 0 0-4.75.25 1.65 1.65 0 0 0 .75 3.25Z"/>',
    tone: "plain",
  },
};

/** Something was found to be wrong. */
export const WARNING: Badge = { drawing: `<path d="m11.75 8.5 3.5 6.25h-7Z" ${FILLED}/>`, tone: "warning" };

/** `isFaulty`: what was verified was wrong; only what keeps a session from being mirrored at all looks worse. */
export function badgeOf(state: SessionState, isFaulty: boolean): Badge {
  return isFaulty && state !== "error" ? WARNING : BADGES[state];
}
