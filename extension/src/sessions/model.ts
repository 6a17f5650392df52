/** Which sessions there are and in which order; pure. */

import type { SessionKey, SessionSummary } from "../protocol/messages";

export type SessionId = string;

/** Unique over all harnesses, and stable. */
export function idOf(key: SessionKey): SessionId {
  return `${key.harness}/${encodeURIComponent(key.sessionId)}`;
}

export class SessionModel {
  private sessions = new Map<SessionId, SessionSummary>();

  get size(): number {
    return this.sessions.size;
  }

  get(id: SessionId): SessionSummary | undefined {
    return this.sessions.get(id);
  }

  /** In no order. */
  all(): SessionSummary[] {
    return [...this.sessions.values()];
  }

  replace(sessions: readonly SessionSummary[]): void {
    this.sessions = new Map(sessions.map((session) => [idOf(session), session]));
  }

  apply(changed: readonly SessionSummary[], removed: readonly SessionKey[]): void {
    for (const key of removed) {
      this.sessions.delete(idOf(key));
    }
    for (const session of changed) {
      this.sessions.set(idOf(session), session);
    }
  }
}

const ORDER_STEP_MS = 60_000;

/**
 * By the minute of the last change, then by the start: sessions that are written at the same time would otherwise
 * swap places with every line.
 */
export function newestFirst(a: SessionSummary, b: SessionSummary): number {
  const minute = (session: SessionSummary) => Math.floor(session.modifiedAtMs / ORDER_STEP_MS);
  const started = (session: SessionSummary) => session.startedAtMs ?? 0;
  return minute(b) - minute(a) || started(b) - started(a) || compareText(idOf(a), idOf(b));
}

function compareText(a: string, b: string): number {
  if (a === b) {
    return 0;
  }
  return a < b ? -1 : 1;
}

/** What a list shows, by id; equal fingerprints look the same. */
export interface Shown {
  readonly id: SessionId;
  readonly fingerprint: string;
}

export interface ListChange {
  /** Rows came, went or moved. */
  readonly reordered: boolean;
  /** Rows that stayed but look different. */
  readonly changed: readonly SessionId[];
}

export function changeBetween(before: readonly Shown[], after: readonly Shown[]): ListChange {
  const old = new Map(before.map((shown) => [shown.id, shown.fingerprint]));
  const changed = after.filter((shown) => old.has(shown.id) && old.get(shown.id) !== shown.fingerprint);
  const reordered = before.length !== after.length || after.some((shown, i) => before[i]?.id !== shown.id);
  return { reordered, changed: changed.map((shown) => shown.id) };
}
