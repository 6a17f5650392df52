/** Which session began which: sub-agents below the session that they work for. Pure. */

import type { SessionSummary } from "../protocol/messages";
import { idOf, newestFirst } from "./model";

export interface Member {
  readonly session: SessionSummary;
  /** The sessions that its agent began, in the order of the list. */
  readonly children: readonly Member[];
}

/** Deeper than agents nest; what claims to be deeper, or to be its own ancestor, stands by itself. */
const DEEPEST = 8;

/** Sessions without a parent in the list, with all that is below them; the list's order is kept. */
export function familiesOf(sessions: readonly SessionSummary[]): Member[] {
  const growing = new Map(sessions.map((session) => [idOf(session), { session, children: [] as Member[] }]));
  const parentOf = ({ harness, parentId }: SessionSummary) =>
    parentId === null ? undefined : growing.get(idOf({ harness, sessionId: parentId }));
  const isTooDeep = (session: SessionSummary) => {
    let ancestor = parentOf(session);
    for (let depth = 1; ancestor !== undefined && depth <= DEEPEST; depth += 1) {
      ancestor = parentOf(ancestor.session);
    }
    return ancestor !== undefined;
  };
  const roots: Member[] = [];
  for (const member of growing.values()) {
    const parent = parentOf(member.session);
    (parent === undefined || isTooDeep(member.session) ? roots : parent.children).push(member);
  }
  return roots;
}

/** The session, and all that are below it. */
export function everyoneIn({ session, children }: Member): [SessionSummary, ...SessionSummary[]] {
  return [session, ...children.flatMap(everyoneIn)];
}

/** Newest first, and each followed by its sub-agents: a family is as new as its newest member. */
export function inFamilyOrder(sessions: readonly SessionSummary[]): SessionSummary[] {
  const sorted = (members: readonly Member[]): SessionSummary[] =>
    members
      .map((member) => ({ member, asNewAs: { ...member.session, modifiedAtMs: lastChangeOf(member) } }))
      .sort((a, b) => newestFirst(a.asNewAs, b.asNewAs))
      .flatMap(({ member }) => [member.session, ...sorted(member.children)]);
  return sorted(familiesOf(sessions));
}

function lastChangeOf({ session, children }: Member): number {
  return children.reduce((latest, child) => Math.max(latest, lastChangeOf(child)), session.modifiedAtMs);
}
