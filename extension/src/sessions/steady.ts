/**
 * Keeps a list calm while sessions are written: the editor forgets a click on a row that it draws anew, and a row that
 * moves away is missed. What is put off is never lost. Pure: times are passed in.
 */

import type { SessionSummary } from "../protocol/messages";
import { idOf, type SessionId } from "./model";

/** Rows swap places at most this often, and not this soon after the user has touched the list. */
export const MOVE_INTERVAL_MS = 5000;
/** A row whose numbers only grow is drawn anew at most this often. */
export const NUMBERS_INTERVAL_MS = 2000;
/** A session that is written is behind for a moment after every line; that alone is not worth a word. */
export const BEHIND_PATIENCE_MS = 10_000;

interface Shown {
  readonly session: SessionSummary;
  readonly atMs: number;
}

export interface Steady {
  readonly sessions: readonly SessionSummary[];
  /** Something was put off until then. */
  readonly againInMs: number | undefined;
}

export class SteadyList {
  private shown = new Map<SessionId, Shown>();
  private readonly behindSinceMs = new Map<SessionId, number>();
  private mayMoveAtMs = 0;

  /** The user does something with the list. */
  hold(nowMs: number): void {
    this.mayMoveAtMs = Math.max(this.mayMoveAtMs, nowMs + MOVE_INTERVAL_MS);
  }

  /** What to show now of sessions in the order that they should have. */
  show(sessions: readonly SessionSummary[], nowMs: number): Steady {
    const dueAt: number[] = [];
    const next = new Map<SessionId, Shown>();
    for (const session of sessions) {
      const id = idOf(session);
      next.set(id, this.next(id, session, nowMs, dueAt));
    }
    const wanted = [...next.keys()];
    const kept = [...this.shown.keys()].filter((id) => next.has(id));
    const onlyMoved = kept.length === wanted.length && kept.length === this.shown.size;
    const isOtherOrder = kept.some((id, i) => wanted[i] !== id);
    const stays = onlyMoved && isOtherOrder && nowMs < this.mayMoveAtMs;
    if (stays) {
      dueAt.push(this.mayMoveAtMs);
    } else if (isOtherOrder) {
      this.mayMoveAtMs = nowMs + MOVE_INTERVAL_MS;
    }
    this.shown = stays ? inOrder(next, kept) : next;
    const againInMs = dueAt.length === 0 ? undefined : Math.max(0, Math.min(...dueAt) - nowMs);
    return { sessions: [...this.shown.values()].map((shown) => shown.session), againInMs };
  }

  private next(id: SessionId, told: SessionSummary, nowMs: number, dueAt: number[]): Shown {
    const before = this.shown.get(id);
    const session = this.patient(id, told, before?.session, nowMs, dueAt);
    if (before?.session === session) {
      return before;
    }
    if (before === undefined || outline(before.session) !== outline(session)) {
      return { session, atMs: nowMs };
    }
    if (JSON.stringify(before.session) === JSON.stringify(session)) {
      return before;
    }
    const dueMs = before.atMs + NUMBERS_INTERVAL_MS;
    if (nowMs < dueMs) {
      dueAt.push(dueMs);
      return before;
    }
    return { session, atMs: nowMs };
  }

  /** A session that was up to date is still shown as live until it has been behind for a while. */
  private patient(
    id: SessionId,
    told: SessionSummary,
    before: SessionSummary | undefined,
    nowMs: number,
    dueAt: number[],
  ): SessionSummary {
    if (told.state !== "behind") {
      this.behindSinceMs.delete(id);
      return told;
    }
    const sinceMs = this.behindSinceMs.get(id) ?? nowMs;
    this.behindSinceMs.set(id, sinceMs);
    const wasCurrent = before?.state === "live" || before?.state === "mirrored";
    if (!wasCurrent || nowMs >= sinceMs + BEHIND_PATIENCE_MS) {
      return told;
    }
    dueAt.push(sinceMs + BEHIND_PATIENCE_MS);
    return { ...told, state: "live", lagBytes: 0 };
  }
}

/** What a user wants to know of at once; the rest are numbers. */
function outline(session: SessionSummary): string {
  const { state, title, problem, machine, sourcePath, generation, verified, parentId, agent, drivenBy } = session;
  const place = [parentId, agent, drivenBy, session.historyCount > 0];
  return JSON.stringify([state, title, problem, machine, sourcePath, generation, verified, place]);
}

function inOrder<T>(map: ReadonlyMap<SessionId, T>, ids: readonly SessionId[]): Map<SessionId, T> {
  const ordered = new Map<SessionId, T>();
  for (const id of ids) {
    const value = map.get(id);
    if (value !== undefined) {
      ordered.set(id, value);
    }
  }
  return ordered;
}
