/** One life of the helper, from its process' start to its end, as the supervisor sees it. */

import type { CancellationToken } from "vscode";
import type { Requests } from "../protocol/messages";
import type { HelperFailure, ProgressReport } from "./client";

export interface HelperLife {
  /** Resolves when the helper answers requests; rejects when it can't be brought up. */
  start(): Promise<void>;

  /** Rejects with a `HelperError`. */
  request<M extends keyof Requests>(
    method: M,
    params: Requests[M]["params"],
    token?: CancellationToken,
    onProgress?: (report: ProgressReport) => void,
  ): Promise<Requests[M]["result"]>;

  /** Resolves when the process has ended, with how; never rejects. */
  readonly ended: Promise<string>;

  /** Safe at any time; afterwards there is no process. Never rejects. */
  stop(): Promise<void>;
}

/** A life that is ready to be started, or why there can't be one until the user acts. */
export type Launched =
  | { readonly life: HelperLife }
  | { readonly life: undefined; readonly reason: HelperFailure; readonly message: string };
