/** Compact Session: merging the many small parts of a session into one, with the bytes unchanged. */

import * as vscode from "vscode";
import type { HelperClient, ProgressReport } from "../helper/client";
import { formatBytes } from "../host/format";
import type { CompactResult } from "../protocol/messages";
import { showFailure } from "./failure";
import { type Stream, titleOf } from "./words";

export async function compactSessions(client: HelperClient, sessions: readonly Stream[]): Promise<void> {
  if (sessions.length === 0) {
    return;
  }
  const keepTail = await askKeepTail();
  if (keepTail !== undefined) {
    await compactEach(client, sessions, keepTail);
  }
}

/** An error's text, or `undefined` for a whole number from 0 on. */
export function keepTailError(text: string): string | undefined {
  return /^\d{1,5}$/.test(text.trim()) ? undefined : vscode.l10n.t("Enter a whole number, 0 or more.");
}

async function askKeepTail(): Promise<number | undefined> {
  const answer = await vscode.window.showInputBox({
    title: vscode.l10n.t("Compact Session"),
    prompt: vscode.l10n.t("How many of the newest parts stay as they are? 0 merges all of them."),
    value: "0",
    validateInput: keepTailError,
  });
  return answer === undefined ? undefined : Number.parseInt(answer, 10);
}

async function compactEach(client: HelperClient, sessions: readonly Stream[], keepTail: number): Promise<void> {
  const options = { location: vscode.ProgressLocation.Notification, cancellable: true };
  for (const session of sessions) {
    const title = vscode.l10n.t("Compacting “{0}”", titleOf(session));
    try {
      const result = await vscode.window.withProgress({ ...options, title }, (progress, token) => {
        const params = { harness: session.harness, sessionId: session.sessionId, keepTail };
        return client.request("sessionMirror/sessions/compact", params, token, increments(progress));
      });
      void vscode.window.showInformationMessage(outcome(session, result));
    } catch (error) {
      const rest = sessions.slice(sessions.indexOf(session));
      const what = vscode.l10n.t("“{0}” was not compacted.", titleOf(session));
      showFailure(what, error, () => compactEach(client, rest, keepTail));
      return;
    }
  }
}

/** The helper reports how far it is; the editor wants to know by how much that grew. */
export function increments(
  progress: vscode.Progress<{ message?: string; increment?: number }>,
): (report: ProgressReport) => void {
  let reached = 0;
  return ({ message, percentage }) => {
    const increment = Math.max(0, (percentage ?? reached) - reached);
    reached += increment;
    progress.report(message === undefined ? { increment } : { message, increment });
  };
}

export function outcome(session: Stream, result: CompactResult): string {
  const title = titleOf(session);
  return result.merged
    ? vscode.l10n.t(
        "“{0}”: {1} parts became {2} ({3}).",
        title,
        result.partsBefore,
        result.partsAfter,
        formatBytes(result.streamBytes),
      )
    : vscode.l10n.t("“{0}”: nothing to merge.", title);
}
