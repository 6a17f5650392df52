/** One session as a row of the tree: texts, icon, and which menu entries fit. Pure. */

import { l10n } from "vscode";
import { formatAge, formatBytes, oneLine } from "../host/format";
import type { SessionState, SessionSummary } from "../protocol/messages";
import { idOf } from "./model";

export interface Row {
  readonly id: string;
  /** The title in full. */
  readonly label: string;
  /** The title, cut so that a side bar of usual width shows state, age and size beside it. */
  readonly shortLabel: string;
  readonly description: string;
  readonly icon: string;
  /** A theme colour's id. */
  readonly color: string | undefined;
  /** Words that the menus' `when` clauses look for. */
  readonly contextValue: string;
  readonly details: readonly Detail[];
  readonly accessibleLabel: string;
}

export interface Detail {
  readonly name: string;
  readonly value: string;
}

interface Look {
  readonly text: string;
  readonly icon: string;
  readonly color?: string;
}

const SHORT_LABEL_LENGTH = 24;

export function rowOf(session: SessionSummary, nowMs: number): Row {
  const look = lookOf(session);
  const label = titleOf(session);
  const age = formatAge(nowMs - session.modifiedAtMs);
  const size = formatBytes(session.sourcePath === null ? session.streamBytes : session.sourceBytes);
  // The icon tells the state as well, so a narrow side bar may cut its word first.
  const parts = [age, size, look.text];
  if (session.lagBytes > 0) {
    parts.push(l10n.t("{0} behind", formatBytes(session.lagBytes)));
  }
  if (session.generation > 1) {
    parts.push(l10n.t("rewritten"));
  }
  const description = parts.join(" · ");
  return {
    id: idOf(session),
    label,
    shortLabel: oneLine(label, SHORT_LABEL_LENGTH),
    description,
    icon: look.icon,
    color: look.color,
    contextValue: contextValueOf(session),
    details: detailsOf(session, look.text, nowMs),
    accessibleLabel: `${label}, ${parts.join(", ")}`,
  };
}

export function titleOf(session: SessionSummary): string {
  return oneLine(session.title) || session.sessionId;
}

function lookOf(session: SessionSummary): Look {
  const looks: Readonly<Record<SessionState, Look>> = {
    live: { text: l10n.t("live"), icon: "record", color: "charts.green" },
    mirrored: { text: l10n.t("mirrored"), icon: "check" },
    behind: { text: l10n.t("mirroring"), icon: "cloud-upload", color: "charts.blue" },
    elsewhere: { text: l10n.t("mirrored by another window"), icon: "multiple-windows" },
    error: { text: l10n.t("problem"), icon: "error", color: "list.errorForeground" },
    stopped: { text: l10n.t("stopped"), icon: "debug-pause" },
    bucketOnly: { text: l10n.t("in the bucket"), icon: "cloud" },
  };
  return looks[session.state];
}

function contextValueOf(session: SessionSummary): string {
  const words = ["session"];
  if (session.sourcePath !== null) {
    words.push("onDisk", session.state === "stopped" ? "stopped" : "followed");
  }
  if (session.partCount > 0) {
    words.push("inBucket");
  }
  return words.join(" ");
}

function detailsOf(session: SessionSummary, state: string, nowMs: number): Detail[] {
  const details: Detail[] = [{ name: l10n.t("State"), value: state }];
  const add = (name: string, value: string | null) => {
    if (value !== null && value !== "") {
      details.push({ name, value: oneLine(value, 300) });
    }
  };
  add(l10n.t("Problem"), session.problem === null ? null : `${session.problem.message} ${session.problem.hint}`);
  add(l10n.t("Agent"), session.harness);
  add(l10n.t("Session"), session.sessionId);
  add(l10n.t("Folder"), session.cwd);
  add(l10n.t("Transcript"), session.sourcePath);
  if (session.startedAtMs !== null) {
    add(l10n.t("Started"), ago(nowMs - session.startedAtMs));
  }
  add(l10n.t("Last change"), ago(nowMs - session.modifiedAtMs));
  if (session.partCount > 0) {
    const size = formatBytes(session.streamBytes);
    add(
      l10n.t("In the bucket"),
      session.partCount === 1 ? l10n.t("{0} in 1 part", size) : l10n.t("{0} in {1} parts", size, session.partCount),
    );
    add(l10n.t("Secrets masked"), String(session.redactionCount));
  } else {
    add(l10n.t("In the bucket"), l10n.t("nothing yet"));
  }
  if (session.lagBytes > 0) {
    add(l10n.t("Not yet mirrored"), formatBytes(session.lagBytes));
  }
  add(l10n.t("Mirrored from"), session.machine);
  return details;
}

function ago(ageMs: number): string {
  return ageMs < 60_000 ? l10n.t("just now") : l10n.t("{0} ago", formatAge(ageMs));
}
