/** Ids that name one generation of a session and no other: `<id>~g1`. */

import * as vscode from "vscode";

/** The number that an exact id names. */
export function generationOf(sessionId: string): number | undefined {
  const [, number] = /~g([1-9]\d{0,5})$/.exec(sessionId) ?? [];
  return number === undefined ? undefined : Number(number);
}

/** The title, told apart from that of the newest generation; the number comes first, since tabs cut titles. */
export function titleWithGeneration(title: string, sessionId: string): string {
  const generation = generationOf(sessionId);
  return generation === undefined ? title : vscode.l10n.t("Generation {0}: {1}", generation, title);
}
