/** Who began a session, and who began that one: what is done to a session is done to its sub-agents. Pure. */

import type { SessionSummary } from "../protocol/messages";
import { idOf } from "./model";

/** Nearest first, as far as they are among `all`. */
export function ancestorsOf(session: SessionSummary, all: readonly SessionSummary[]): SessionSummary[] {
  return [...climb(session, indexOf(all))];
}

/** The ones that stand below none of the others. */
export function topmost(chosen: readonly SessionSummary[], all: readonly SessionSummary[]): SessionSummary[] {
  const index = indexOf(all);
  const ids = new Set(chosen.map(idOf));
  return chosen.filter((session) => ![...climb(session, index)].some((ancestor) => ids.has(idOf(ancestor))));
}

type Index = ReadonlyMap<string, SessionSummary>;

function indexOf(all: readonly SessionSummary[]): Index {
  return new Map(all.map((session) => [idOf(session), session]));
}

/** Ends where a session claims to be its own ancestor. */
function climb(session: SessionSummary, index: Index): ReadonlySet<SessionSummary> {
  const found = new Map<string, SessionSummary>();
  let { harness, parentId } = session;
  while (parentId !== null) {
    const id = idOf({ harness, sessionId: parentId });
    const parent = index.get(id);
    if (parent === undefined || found.has(id) || id === idOf(session)) {
      break;
    }
    found.set(id, parent);
    ({ harness, parentId } = parent);
  }
  return new Set(found.values());
}
