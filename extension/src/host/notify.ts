/** Short messages with a way on: what failed, what to do about it, and the log. */

import * as vscode from "vscode";
import { Command } from "./ids";

export interface Choice {
  readonly label: string;
  readonly run: () => unknown;
}

/** Returns at once: a notification that nobody answers must not hold anything up. */
export function showError(message: string, hint = "", choices: readonly Choice[] = []): void {
  offer(vscode.window.showErrorMessage, message, hint, choices);
}

export function showWarning(message: string, hint = "", choices: readonly Choice[] = []): void {
  offer(vscode.window.showWarningMessage, message, hint, choices);
}

type Show = (message: string, ...labels: string[]) => Thenable<string | undefined>;

function offer(show: Show, message: string, hint: string, choices: readonly Choice[]): void {
  const log: Choice = {
    label: vscode.l10n.t("Show Log"),
    run: () => vscode.commands.executeCommand(Command.showLog),
  };
  const all = [...choices, log];
  const text = hint === "" ? message : `${message} ${hint}`;
  void show(text, ...all.map((choice) => choice.label)).then((label) => all.find((c) => c.label === label)?.run());
}
