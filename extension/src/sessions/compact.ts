/** Compact Session: merging the many small parts of a session into one, with the bytes unchanged. */

import * as vscode from "vscode";
import type { HelperClient } from "../helper/client";
import { formatBytes } from "../host/format";
import { showInformation } from "../host/notify";
import type { CompactResult } from "../protocol/messages";
import { askEach } from "./batch";
import { showFailure } from "./failure";
import { type Stream, titleOf } from "./words";

export async function compactSessions(client: HelperClient, streams: readonly Stream[]): Promise<void> {
  if (streams.length === 0) {
    return;
  }
  const keepTail = await askKeepTail();
  if (keepTail !== undefined) {
    await compactEach(client, streams, keepTail);
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

/** What was merged until a failure or a cancellation stays merged. */
async function compactEach(client: HelperClient, streams: readonly Stream[], keepTail: number): Promise<void> {
  const [first] = streams;
  const title =
    streams.length === 1 && first !== undefined
      ? vscode.l10n.t("Compacting “{0}”", titleOf(first))
      : vscode.l10n.t("Compacting {0} sessions", streams.length);
  const { results, stopped } = await askEach(title, streams, ({ harness, sessionId }, token, onProgress) =>
    client.request("sessionMirror/sessions/compact", { harness, sessionId, keepTail }, token, onProgress),
  );
  if (stopped !== undefined) {
    const [next] = stopped.rest;
    const what = next === undefined ? "" : vscode.l10n.t("“{0}” was not compacted.", titleOf(next));
    showFailure(what, stopped.error, () => compactEach(client, stopped.rest, keepTail));
  }
  if (results.length > 0) {
    showInformation(outcome(streams, results));
  }
}

/** What became of the sessions that were reached; `results` are theirs, in the same order. */
export function outcome(streams: readonly Stream[], results: readonly CompactResult[]): string {
  const [first] = streams;
  const merged = results.filter((result) => result.merged);
  const name =
    streams.length === 1 && first !== undefined
      ? `“${titleOf(first)}”`
      : vscode.l10n.t("{0} of {1} sessions", merged.length, streams.length);
  if (merged.length === 0) {
    return vscode.l10n.t("{0}: nothing to merge.", name);
  }
  const sum = (count: (result: CompactResult) => number) => merged.reduce((total, result) => total + count(result), 0);
  return vscode.l10n.t(
    "{0}: {1} parts became {2} ({3}).",
    name,
    sum(({ partsBefore }) => partsBefore),
    sum(({ partsAfter }) => partsAfter),
    formatBytes(sum(({ streamBytes }) => streamBytes)),
  );
}
