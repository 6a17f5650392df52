/** Turns what the connection throws into the one error type that the extension shows. */

import * as vscode from "vscode";
import { LSPErrorCodes, ResponseError } from "vscode-languageclient/node";
import type { ErrorKind } from "../protocol/messages";
import { HelperError } from "./client";

const KINDS: Readonly<Record<ErrorKind, true>> = {
  auth: true,
  network: true,
  throttled: true,
  notFound: true,
  conflict: true,
  disk: true,
  source: true,
  bug: true,
};

/** JSON-RPC's own range for a connection that broke. */
const BROKEN_CONNECTION = { from: -32_099, to: -32_096 } as const;

export function gone(): HelperError {
  return new HelperError("gone", vscode.l10n.t("The mirroring helper stopped unexpectedly."), true, "", "bug");
}

export function toHelperError(error: unknown): HelperError {
  if (HelperError.is(error)) {
    return error;
  }
  if (!(error instanceof ResponseError)) {
    return gone();
  }
  if (error.code === LSPErrorCodes.RequestCancelled || error.code === LSPErrorCodes.ServerCancelled) {
    return new HelperError("cancelled", vscode.l10n.t("Cancelled."), true);
  }
  if (error.code >= BROKEN_CONNECTION.from && error.code <= BROKEN_CONNECTION.to) {
    return gone();
  }
  const data: unknown = error.data;
  const details = typeof data === "object" && data !== null ? data : {};
  const kind = "kind" in details && isKind(details.kind) ? details.kind : "bug";
  const retryable = "retryable" in details && details.retryable === true;
  const hint = "hint" in details && typeof details.hint === "string" ? details.hint : "";
  return new HelperError("refused", error.message, retryable, hint, kind);
}

function isKind(value: unknown): value is ErrorKind {
  return typeof value === "string" && Object.hasOwn(KINDS, value);
}
