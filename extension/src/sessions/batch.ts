/** A request that reads or writes whole sessions, for one or several of them: one notification, with bytes and Cancel. */

import * as vscode from "vscode";
import type { ProgressReport } from "../helper/client";
import { formatBytes } from "../host/format";
import { asMessage } from "../host/notify";
import type { Stream } from "./words";

export interface Batch<R> {
  /** Of the streams that were reached, in their order. */
  readonly results: readonly R[];
  /** What ended it early. */
  readonly stopped: { readonly error: unknown; readonly rest: readonly Stream[] } | undefined;
}

type Ask<R> = (
  stream: Stream,
  token: vscode.CancellationToken,
  onProgress: (report: ProgressReport) => void,
) => Promise<R>;

/** One after the other, until one fails or the user cancels. Never rejects. */
export async function askEach<R>(title: string, streams: readonly Stream[], ask: Ask<R>): Promise<Batch<R>> {
  const options = { location: vscode.ProgressLocation.Notification, cancellable: true, title: asMessage(title) };
  const results: R[] = [];
  try {
    await vscode.window.withProgress(options, async (progress, token) => {
      const report = byBytes(progress, streams);
      for (const stream of streams) {
        results.push(await ask(stream, token, report(stream)));
      }
    });
  } catch (error) {
    return { results, stopped: { error, rest: streams.slice(results.length) } };
  }
  return { results, stopped: undefined };
}

type Progress = vscode.Progress<{ message?: string; increment?: number }>;

/** Of several sessions each has the share of the bar that its bytes have of all. */
function byBytes(progress: Progress, streams: readonly Stream[]): (stream: Stream) => (report: ProgressReport) => void {
  const total = streams.reduce((sum, { streamBytes }) => sum + streamBytes, 0);
  let before = 0;
  let reached = 0;
  return (stream) => {
    const start = before;
    before += stream.streamBytes;
    return ({ percentage }) => {
      const done = start + (stream.streamBytes * (percentage ?? 0)) / 100;
      // The helper reports how far it is; the editor wants to know by how much that grew.
      const increment = Math.max(0, (total === 0 ? 0 : (100 * done) / total) - reached);
      reached += increment;
      progress.report({ message: vscode.l10n.t("{0} of {1}", formatBytes(done), formatBytes(total)), increment });
    };
  };
}
