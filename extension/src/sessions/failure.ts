/** How a request that failed is told to the user. */

import * as vscode from "vscode";
import { HelperError } from "../helper/client";
import { type Choice, showError } from "../host/notify";

/** Silent for what the user cancelled; offers another try where one may help. */
export function showFailure(what: string, error: unknown, retry: () => unknown): void {
  if (!HelperError.is(error)) {
    showError(what, String(error));
    return;
  }
  if (error.reason === "cancelled") {
    return;
  }
  const choices: Choice[] = error.retryable ? [{ label: vscode.l10n.t("Retry"), run: retry }] : [];
  showError(`${what} ${error.message}`, error.hint, choices);
}
