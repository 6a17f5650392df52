/** What a person is told, and can do, when there is no Python to run the helper with. */

import * as vscode from "vscode";
import { Command, Setting } from "../../host/ids";
import { type Choice, showError } from "../../host/notify";
import { writeSetting } from "../../host/settings";
import type { Rejected } from "./discovery";
import { type Candidate, OLDEST_PYTHON, type ProbeResult } from "./probe";

const DOWNLOADS = "https://www.python.org/downloads/";
const OLDEST = OLDEST_PYTHON.join(".");

export function noPythonMessage(chosen: Rejected | undefined): string {
  return chosen === undefined
    ? vscode.l10n.t("Session Mirror needs Python {0} or newer to mirror sessions, and found none.", OLDEST)
    : unfitMessage(chosen.path, chosen.result);
}

export function unfitMessage(path: string, result: Extract<ProbeResult, { ok: false }>): string {
  switch (result.reason) {
    case "missing":
      return vscode.l10n.t("There is no Python at {0}.", path);
    case "tooOld":
      return vscode.l10n.t("{0} is Python {1}; Session Mirror needs {2} or newer.", path, result.detail, OLDEST);
    case "noSsl":
      return vscode.l10n.t("{0} was built without SSL, which Session Mirror needs.", path);
    case "noSqlite":
      return vscode.l10n.t("{0} was built without SQLite, which Session Mirror needs.", path);
    case "storeStub":
      return vscode.l10n.t("{0} is only a link to the Microsoft Store; Python is not installed.", path);
    case "broken":
      return vscode.l10n.t("{0} does not run as a Python interpreter.", path);
  }
}

export function adviseNoPython(message: string, retry: () => void): void {
  const choices: Choice[] = [
    {
      label: vscode.l10n.t("Choose Interpreter…"),
      run: () => vscode.commands.executeCommand(Command.chooseInterpreter),
    },
    {
      label: vscode.l10n.t("Install Python"),
      run: () => vscode.env.openExternal(vscode.Uri.parse(DOWNLOADS)),
    },
    { label: vscode.l10n.t("Retry"), run: retry },
  ];
  showError(message, "", choices);
}

/** Asks for a file, tries it, and writes the setting; says why when it won't do. */
export async function chooseInterpreter(probe: (candidate: Candidate) => Promise<ProbeResult>): Promise<void> {
  const picked = await vscode.window.showOpenDialog({
    title: vscode.l10n.t("Choose a Python {0} or newer", OLDEST),
    openLabel: vscode.l10n.t("Use This Python"),
    canSelectMany: false,
  });
  const path = picked?.[0]?.fsPath;
  if (path === undefined) {
    return;
  }
  const result = await probe({ command: path, args: [] });
  if (result.ok) {
    await writeSetting(Setting.interpreter, path);
    return;
  }
  const again: Choice = { label: vscode.l10n.t("Choose Another…"), run: () => chooseInterpreter(probe) };
  showError(unfitMessage(path, result), "", [again]);
}
