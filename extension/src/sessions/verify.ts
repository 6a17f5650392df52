/** Verify Session: is what the bucket holds whole, and is it what the transcript says? Changes nothing. */

import * as vscode from "vscode";
import type { HelperClient } from "../helper/client";
import { asMessage, showInformation } from "../host/notify";
import type { VerifyResult } from "../protocol/messages";
import { askEach } from "./batch";
import { showFailure } from "./failure";
import { layoutWords, type Stream, titleOf } from "./words";

interface Verdict {
  readonly stream: Stream;
  readonly result: VerifyResult;
}

export async function verifySessions(
  client: HelperClient,
  log: vscode.LogOutputChannel,
  streams: readonly Stream[],
): Promise<void> {
  const [first] = streams;
  if (first === undefined) {
    return;
  }
  const title =
    streams.length === 1
      ? vscode.l10n.t("Verifying “{0}”", titleOf(first))
      : vscode.l10n.t("Verifying {0} sessions", streams.length);
  const { results, stopped } = await askEach(title, streams, async (stream, token, onProgress): Promise<Verdict> => {
    const { harness, sessionId } = stream;
    const params = { harness, sessionId };
    const result = await client.request("sessionMirror/sessions/verify", params, token, onProgress);
    tellLog(log, { stream, result });
    return { stream, result };
  });
  if (stopped !== undefined) {
    const [next] = stopped.rest;
    const what = next === undefined ? "" : vscode.l10n.t("“{0}” was not verified.", titleOf(next));
    showFailure(what, stopped.error, () => verifySessions(client, log, stopped.rest));
  }
  showOutcome(log, results);
}

/** Titles quote prompts, and no transcript text belongs into a log. */
function tellLog(log: vscode.LogOutputChannel, { stream, result }: Verdict): void {
  const name = `${stream.harness}/${stream.sessionId}`;
  if (result.ok) {
    log.info(`Verified ${name}: ${result.words}`);
  } else {
    log.warn(`Verified ${name}, and it is not right: ${result.problem}`);
  }
}

/** Returns at once, whether or not somebody answers. */
function showOutcome(log: vscode.LogOutputChannel, verdicts: readonly Verdict[]): void {
  const wrong = verdicts.filter(({ result }) => !result.ok);
  const [first] = wrong;
  if (first !== undefined) {
    const details = vscode.l10n.t("Show Details");
    void vscode.window
      .showWarningMessage(asMessage(wrongWords(first, wrong.length, verdicts.length)), details)
      .then((answer) => {
        if (answer === details) {
          log.show();
        }
      });
  } else if (verdicts.length > 0) {
    showInformation(fineWords(verdicts));
  }
}

function wrongWords({ stream, result }: Verdict, wrong: number, all: number): string {
  const problem = `“${titleOf(stream)}”: ${result.problem}`;
  return all === 1 ? problem : vscode.l10n.t("Not right: {0} of {1} sessions. {2}", wrong, all, problem);
}

function fineWords(verdicts: readonly Verdict[]): string {
  const sum = (count: (result: VerifyResult) => number) =>
    verdicts.reduce((total, { result }) => total + count(result), 0);
  const layout = layoutWords({
    partCount: sum(({ partCount }) => partCount),
    streamBytes: sum(({ streamBytes }) => streamBytes),
  });
  const lines = vscode.l10n.t("{0} lines", sum(({ lineCount }) => lineCount).toLocaleString(vscode.env.language));
  const [only, ...others] = verdicts;
  if (only !== undefined && others.length === 0) {
    return `“${titleOf(only.stream)}”: ${only.result.words} (${layout}, ${lines}).`;
  }
  const compared = verdicts.filter(({ result }) => result.compared !== null).length;
  return vscode.l10n.t(
    "{0} sessions verified, all of them right ({1}, {2}). Compared with their transcripts: {3}.",
    verdicts.length,
    layout,
    lines,
    compared,
  );
}
