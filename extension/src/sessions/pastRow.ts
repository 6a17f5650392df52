/** An earlier generation of a session, or what another machine mirrored of it, as a row below the session. Pure. */

import { l10n } from "vscode";
import { formatDate, oneLine } from "../host/format";
import type { HistoryEntry } from "../protocol/messages";
import { type Detail, FAULTY, type Look } from "./row";
import { causeWords, isFaulty, layoutWords, verdictWords } from "./words";

export interface PastRow extends Look {
  readonly label: string;
  readonly description: string;
  readonly contextValue: string;
  readonly details: readonly Detail[];
  readonly accessibleLabel: string;
}

export function pastRowOf(entry: HistoryEntry, nowMs: number): PastRow {
  const label = l10n.t("Generation {0}", entry.generation);
  const parts = [causeWords(entry), formatDate(entry.endedAtMs), layoutWords(entry)];
  const faulty = isFaulty(entry);
  if (faulty) {
    parts.unshift(l10n.t("faulty"));
  }
  const look = faulty ? FAULTY : { icon: entry.cause === "rewritten" ? "history" : "vm" };
  return {
    label,
    description: parts.join(" · "),
    ...look,
    contextValue: entry.partCount > 0 ? "past inBucket" : "past",
    details: detailsOf(entry, nowMs),
    accessibleLabel: `${label}, ${parts.join(", ")}`,
  };
}

function detailsOf(entry: HistoryEntry, nowMs: number): Detail[] {
  const why =
    entry.cause === "rewritten"
      ? l10n.t("The transcript was rewritten. What was mirrored until then is kept here.")
      : l10n.t("Another machine mirrors different bytes under the same id.");
  const details: Detail[] = [{ name: l10n.t("Why"), value: why }];
  if (entry.startedAtMs !== null) {
    details.push({ name: l10n.t("Began"), value: formatDate(entry.startedAtMs) });
  }
  details.push(
    { name: l10n.t("Ended"), value: formatDate(entry.endedAtMs) },
    { name: l10n.t("In the bucket"), value: layoutWords(entry) },
    {
      name: l10n.t("Last verified"),
      value: entry.verified === null ? l10n.t("never") : verdictWords(entry.verified, nowMs),
    },
  );
  if (entry.machine !== null) {
    details.push({ name: l10n.t("Mirrored from"), value: oneLine(entry.machine, 60) });
  }
  details.push({ name: l10n.t("Session"), value: entry.sessionId });
  return details;
}
