/** Short messages with a way on: what failed, what to do about it, and the log. */

import * as vscode from "vscode";
import { spelledOut } from "./format";
import { Command } from "./ids";

export interface Choice {
  readonly label: string;
  readonly run: () => unknown;
}

/** A message that needs no answer. */
export function showInformation(message: string): void {
  void vscode.window.showInformationMessage(asMessage(message));
}

/**
 * Words for a notification. The editor makes links, and commands, of `[text](address)` in them; what is said of a
 * transcript or a bucket may hold such.
 */
export function asMessage(text: string): string {
  return spelledOut(text).replace(/\](?=\()/g, "]\u200b");
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
  void show(asMessage(text), ...all.map((choice) => choice.label)).then((label) =>
    all.find((c) => c.label === label)?.run(),
  );
}
