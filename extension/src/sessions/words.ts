/** The words for what a session is at, the same in the tree, in lists and in tooltips. Pure. */

import { l10n } from "vscode";
import { agentName } from "../host/agents";
import { formatAge, formatBytes, oneLine } from "../host/format";
import { titleWithGeneration } from "../host/generation";
import type { HistoryEntry, SessionState, SessionSummary, Verified } from "../protocol/messages";

/** What a command needs to know of what it works on: a session by its newest generation, or one of its past. */
export type Stream = Pick<SessionSummary, "harness" | "sessionId" | "title" | "streamBytes">;

export function titleOf(stream: Stream): string {
  return titleWithGeneration(oneLine(stream.title) || oneLine(stream.sessionId), stream.sessionId);
}

/** The agent's name, and the tool that drives it. */
export function agentWords({ harness, drivenBy }: SessionSummary): string {
  const name = agentName(harness);
  return drivenBy === null ? name : l10n.t("{0} through {1}", name, oneLine(drivenBy, 40));
}

/** Short, since a side bar of usual width has to show them beside the title. */
export function stateWords(session: SessionSummary): string {
  const words: Readonly<Record<SessionState, string>> = {
    live: l10n.t("live"),
    mirrored: l10n.t("mirrored"),
    behind: l10n.t("mirroring"),
    waiting: l10n.t("waiting"),
    elsewhere: l10n.t("other window"),
    otherMachine: l10n.t("on {0}", machineOf(session)),
    error: l10n.t("problem"),
    stopped: l10n.t("stopped"),
    // What another tool wrote doesn't tell whether its transcript still exists somewhere.
    bucketOnly: session.machine === null ? l10n.t("in the bucket") : l10n.t("only in bucket"),
  };
  return words[session.state];
}

/** The state in full, with what follows from it. */
export function stateMeaning(session: SessionSummary): string {
  switch (session.state) {
    case "waiting":
      return l10n.t(
        "Waiting for its agent. The transcript is shorter than what was mirrored of it. Nothing in the bucket was changed; mirroring goes on when the agent writes it again.",
      );
    case "elsewhere":
      return l10n.t("Mirrored by another window. This one takes over when that one closes.");
    case "otherMachine":
      return l10n.t("Mirrored by {0}. Nothing is uploaded from here while it does that.", machineOf(session));
    case "bucketOnly":
      return session.machine === null
        ? stateWords(session)
        : l10n.t(
            "Only in your bucket. Its transcript was not found on this machine. What was mirrored is kept, and can be replayed.",
          );
    default:
      return stateWords(session);
  }
}

/** Whether the transcript can be read here; another machine's path means nothing on this one. */
export function isOnDisk(session: SessionSummary): boolean {
  const isElsewhere = session.state === "otherMachine" && session.sourceBytes === 0;
  return session.sourcePath !== null && session.state !== "bucketOnly" && !isElsewhere;
}

export function causeWords(entry: HistoryEntry): string {
  return entry.cause === "rewritten" ? l10n.t("rewritten") : l10n.t("mirrored by {0}", machineOf(entry));
}

/** The last verification found something wrong. */
export function isFaulty({ verified }: { readonly verified: Verified | null }): boolean {
  return verified !== null && verified.problem !== null;
}

/** `5 min ago, nothing wrong`, or what was wrong. */
export function verdictWords(verified: Verified, nowMs: number): string {
  const when = agoWords(nowMs - verified.atMs);
  return verified.problem === null ? l10n.t("{0}, nothing wrong", when) : `${when}. ${verified.problem}`;
}

export function agoWords(ageMs: number): string {
  return ageMs < 60_000 ? l10n.t("just now") : l10n.t("{0} ago", formatAge(ageMs));
}

/** `12 parts, 3.0 MB`. */
export function layoutWords(layout: { readonly partCount: number; readonly streamBytes: number }): string {
  return `${partWords(layout.partCount)}, ${formatBytes(layout.streamBytes)}`;
}

export function partWords(count: number): string {
  return count === 1 ? l10n.t("1 part") : l10n.t("{0} parts", count);
}

function machineOf({ machine }: { readonly machine: string | null }): string {
  return oneLine(machine ?? "", 60) || l10n.t("another machine");
}
