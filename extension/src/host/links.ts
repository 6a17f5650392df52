/** Links to a moment of a session, as the editor hands them over: written here, and read as words of a stranger. */

import * as vscode from "vscode";

/** `line` counts the stream's lines from 0; in the link they count from 1, as editors do. */
export interface Moment {
  readonly harness: string;
  readonly sessionId: string;
  readonly line: number | null;
}

const PATH = "/replay";
const MAX_SESSION_ID = 512;

/** A link that this editor opens, on any machine that has the session on disk or in its bucket. */
export function replayLink(extensionId: string, { harness, sessionId, line }: Moment): string {
  const query = new URLSearchParams({ harness, session: sessionId });
  if (line !== null) {
    query.set("line", String(line + 1));
  }
  return `${vscode.env.uriScheme}://${extensionId}${PATH}?${query.toString()}`;
}

/** The moment that a link means; undefined where it means none. */
export function momentOf(uri: Pick<vscode.Uri, "path" | "query">): Moment | undefined {
  const query = new URLSearchParams(uri.query);
  const harness = query.get("harness") ?? "";
  const sessionId = query.get("session") ?? "";
  const line = query.get("line");
  const isFine =
    uri.path === PATH &&
    /^[a-z0-9-]{1,64}$/.test(harness) &&
    sessionId.length > 0 &&
    sessionId.length <= MAX_SESSION_ID &&
    !/[\p{Cc}\p{Cs}]/u.test(sessionId) &&
    (line === null || /^[1-9]\d{0,11}$/.test(line));
  return isFine ? { harness, sessionId, line: line === null ? null : Number(line) - 1 } : undefined;
}
