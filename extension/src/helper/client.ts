/** What the rest of the extension may ask of the helper. Nothing here knows how the helper is found, started or kept alive. */

import type { CancellationToken, Disposable, Event } from "vscode";
import type { ErrorKind, Facts, Requests } from "../protocol/messages";

export type HelperState =
  /** Not wanted yet, as mirroring is paused; the first request starts it. */
  | { readonly phase: "idle" }
  | { readonly phase: "starting" }
  | { readonly phase: "running" }
  /** It died, and is started again by itself. */
  | { readonly phase: "restarting"; readonly attempt: number; readonly reason: string }
  /** Nothing happens by itself any more: a person has to act, such as choosing an interpreter. */
  | { readonly phase: "failed"; readonly reason: HelperFailure; readonly message: string };

/** `badInterpreter`: the one the user chose can't be used; `stopped`: the window is closing. */
export type HelperFailure = "noPython" | "badInterpreter" | "stopped";

export interface ProgressReport {
  readonly message?: string;
  /** 0 to 100, of the whole work. */
  readonly percentage?: number;
}

export interface HelperClient {
  readonly state: HelperState;
  readonly onDidChangeState: Event<HelperState>;

  /**
   * Waits, for a bounded time, while the helper is starting or restarting. Rejects with a `HelperError`: retryable
   * when the helper wasn't there or died over the request, else as the helper says. A cancelled request rejects with
   * a `HelperError` of reason `cancelled`. `onProgress` adds a work-done token to the parameters: for methods that take one.
   */
  request<M extends keyof Requests>(
    method: M,
    params: Requests[M]["params"],
    token?: CancellationToken,
    onProgress?: (report: ProgressReport) => void,
  ): Promise<Requests[M]["result"]>;

  /** The listener survives restarts of the helper. */
  onFact<M extends keyof Facts>(method: M, listener: (fact: Facts[M]) => void): Disposable;
}

/** `unavailable`: not there in time; `gone`: died over the request; `cancelled`: by us; `refused`: the helper's own answer. */
export type HelperErrorReason = "unavailable" | "gone" | "cancelled" | "refused";

export class HelperError extends Error {
  override readonly name = "HelperError";

  constructor(
    readonly reason: HelperErrorReason,
    message: string,
    readonly retryable: boolean,
    /** What the user can do about it; may be empty. */
    readonly hint: string = "",
    readonly kind: ErrorKind = "bug",
  ) {
    super(message);
  }

  static is(error: unknown): error is HelperError {
    return error instanceof HelperError;
  }
}
