/** Choosing sessions from a list, for commands that were not started on a row of the tree. */

import * as vscode from "vscode";
import { type HelperClient, HelperError } from "../helper/client";
import { oneLine } from "../host/format";
import { showInformation, showWarning } from "../host/notify";
import type { SessionSummary } from "../protocol/messages";
import { inFamilyOrder } from "./family";
import type { SessionFeed } from "./feed";
import { idOf } from "./model";
import { rowOf } from "./row";
import { agentWords } from "./words";

interface SessionPick extends vscode.QuickPickItem {
  readonly session: SessionSummary;
}

export async function pickSession(
  sessions: readonly SessionSummary[] | Promise<readonly SessionSummary[]>,
  placeHolder: string,
): Promise<SessionSummary | undefined> {
  const items = picks(sessions);
  const options = { placeHolder, matchOnDescription: true, matchOnDetail: true };
  return (await vscode.window.showQuickPick(items, options))?.session;
}

export async function pickSessions(
  sessions: readonly SessionSummary[],
  placeHolder: string,
): Promise<readonly SessionSummary[]> {
  if (sessions.length === 0) {
    showInformation(vscode.l10n.t("There is no session to choose from."));
    return [];
  }
  const options = { placeHolder, matchOnDescription: true, matchOnDetail: true, canPickMany: true } as const;
  return (await vscode.window.showQuickPick(picks(sessions), options))?.map((item) => item.session) ?? [];
}

/** This workspace's and all that the bucket holds; when it can't be listed, says so and gives what is known. Never rejects. */
export async function everySession(client: HelperClient, feed: SessionFeed): Promise<readonly SessionSummary[]> {
  try {
    const { sessions, problem } = await client.request("sessionMirror/sessions/list", { scope: "all" });
    if (problem !== null) {
      showWarning(problem.message, problem.hint);
    }
    const all = new Map([...feed.sessions, ...sessions].map((session) => [idOf(session), session]));
    return inFamilyOrder([...all.values()]);
  } catch (error) {
    const hint = HelperError.is(error) ? error.message : String(error);
    showWarning(vscode.l10n.t("The sessions in the bucket could not be listed."), hint);
    return feed.sessions;
  }
}

async function picks(sessions: readonly SessionSummary[] | Promise<readonly SessionSummary[]>): Promise<SessionPick[]> {
  const now = Date.now();
  return (await sessions).map((session) => {
    const row = rowOf(session, now);
    const detail = `${agentWords(session)} · ${oneLine(session.sessionId)}`;
    return { label: `$(${row.icon}) ${row.label}`, description: row.description, detail, session };
  });
}
