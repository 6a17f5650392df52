/** One session as a row of the tree: texts, icon, and which menu entries fit. Pure. */

import { l10n } from "vscode";
import { formatAge, formatBytes, oneLine } from "../host/format";
import type { SessionState, SessionSummary } from "../protocol/messages";
import { type Badge, badgeOf } from "./badges";
import { costWords } from "./cost";
import { idOf } from "./model";
import {
  agentWords,
  agoWords,
  isFaulty,
  isOnDisk,
  layoutWords,
  partWords,
  stateMeaning,
  stateWords,
  titleOf,
  verdictWords,
} from "./words";

export interface Row extends Look {
  readonly id: string;
  /** The title in full. */
  readonly label: string;
  /** The title, cut so that a side bar of usual width shows the state beside it. */
  readonly shortLabel: string;
  readonly description: string;
  /** Words that the menus' `when` clauses look for. */
  readonly contextValue: string;
  readonly badge: Badge;
  /** It can be unfolded. */
  readonly hasChildren: boolean;
  readonly details: readonly Detail[];
  readonly accessibleLabel: string;
}

export interface Detail {
  readonly name: string;
  readonly value: string;
}

/** Where a session is shown. */
export interface Surroundings {
  /** The bucket is one that is paid for as Amazon S3 is. */
  readonly hasPrices?: boolean;
  /** It stands below the session that began it. */
  readonly isNested?: boolean;
  /** It stands below its agent's name. */
  readonly isGrouped?: boolean;
  /** All the sessions below it. */
  readonly subAgents?: readonly SessionSummary[];
}

/** An icon, and a theme colour's id. */
export interface Look {
  readonly icon: string;
  readonly color?: string | undefined;
}

/** What a side bar of usual width has room for: title and state. */
const ROOM = 32;
const SHORTEST_LABEL = 12;
const LONGEST_LABEL = 24;
const SEPARATOR = " · ";

const LOOKS: Readonly<Record<SessionState, Look>> = {
  live: { icon: "record", color: "charts.green" },
  mirrored: { icon: "check" },
  behind: { icon: "cloud-upload", color: "charts.blue" },
  waiting: { icon: "watch" },
  elsewhere: { icon: "multiple-windows" },
  otherMachine: { icon: "vm" },
  error: { icon: "error", color: "list.errorForeground" },
  stopped: { icon: "debug-pause" },
  bucketOnly: { icon: "cloud" },
};

/** What was verified and found to be wrong; only what keeps a session from being mirrored at all looks worse. */
export const FAULTY: Look = { icon: "warning", color: "problemsWarningIcon.foreground" };

export function rowOf(told: SessionSummary, nowMs: number, surroundings: Surroundings = {}): Row {
  const { isNested = false, isGrouped = false, subAgents = [] } = surroundings;
  const session = subAgents.some(isRunning) && told.state === "mirrored" ? { ...told, state: "live" as const } : told;
  const faulty = isFaulty(session);
  const { icon, color } = faulty && session.state !== "error" ? FAULTY : LOOKS[session.state];
  const label = titleOf(session);
  // A narrow side bar cuts the end: what matters most comes first.
  const parts = faulty ? [l10n.t("faulty"), stateWords(session)] : [stateWords(session)];
  const room = ROOM - parts.join(SEPARATOR).length;
  if (isBehind(session)) {
    parts.push(l10n.t("{0} behind", formatBytes(session.lagBytes)));
  }
  if (session.drivenBy !== null || !(isNested || isGrouped)) {
    parts.push(agentWords(session));
  }
  parts.push(formatAge(nowMs - session.modifiedAtMs), formatBytes(sizeOf(session)));
  if (session.partCount > 1) {
    parts.push(partWords(session.partCount));
  }
  return {
    id: idOf(session),
    label,
    shortLabel: oneLine(label, Math.min(LONGEST_LABEL, Math.max(SHORTEST_LABEL, room))),
    description: parts.join(SEPARATOR),
    icon,
    color,
    badge: badgeOf(session.state, faulty),
    contextValue: contextValueOf(session),
    hasChildren: subAgents.length > 0 || session.historyCount > 0,
    details: detailsOf(session, nowMs, surroundings),
    accessibleLabel: `${label}, ${parts.join(", ")}`,
  };
}

/** Lines of it are written, or have just been. */
function isRunning({ state }: SessionSummary): boolean {
  return state === "live" || state === "behind";
}

/** What others mirror is theirs to catch up with. */
function isBehind(session: SessionSummary): boolean {
  return session.lagBytes > 0 && session.state !== "elsewhere" && session.state !== "otherMachine";
}

function sizeOf(session: SessionSummary): number {
  return isOnDisk(session) && session.state !== "waiting" ? session.sourceBytes : session.streamBytes;
}

function contextValueOf(session: SessionSummary): string {
  const words = session.parentId === null ? ["session"] : ["session", "subAgent"];
  if (isOnDisk(session)) {
    words.push("onDisk", session.state === "stopped" ? "stopped" : "followed");
  }
  if (session.partCount > 0) {
    words.push("inBucket");
  }
  return words.join(" ");
}

function detailsOf(session: SessionSummary, nowMs: number, surroundings: Surroundings): Detail[] {
  const { hasPrices = false, isNested = false, subAgents = [] } = surroundings;
  const details: Detail[] = [];
  const add = (name: string, value: string | null) => {
    if (value !== null && value !== "") {
      details.push({ name, value: oneLine(value, 300) });
    }
  };
  add(l10n.t("State"), stateMeaning(session));
  add(l10n.t("Problem"), session.problem === null ? null : `${session.problem.message} ${session.problem.hint}`);
  add(l10n.t("Agent"), agentWords(session));
  if (subAgents.length > 0) {
    const running = subAgents.filter(isRunning).length;
    add(l10n.t("Sub-agents"), l10n.t("{0}, running: {1}", subAgents.length, running));
  }
  if (session.parentId !== null && !isNested) {
    add(l10n.t("Sub-agent of"), l10n.t("{0}, which is not in this list", session.parentId));
  }
  add(l10n.t("Session"), session.sessionId);
  add(l10n.t("Folder"), session.cwd);
  add(l10n.t("Transcript"), session.sourcePath);
  if (session.startedAtMs !== null) {
    add(l10n.t("Started"), agoWords(nowMs - session.startedAtMs));
  }
  add(l10n.t("Last change"), agoWords(nowMs - session.modifiedAtMs));
  if (session.partCount > 0) {
    add(l10n.t("In the bucket"), layoutWords(session));
    add(l10n.t("Cost at Amazon's prices"), hasPrices ? costWords(session) : null);
    add(l10n.t("Last verified"), session.verified === null ? l10n.t("never") : verdictWords(session.verified, nowMs));
    add(l10n.t("Secrets masked"), String(session.redactionCount));
  } else {
    add(l10n.t("In the bucket"), l10n.t("nothing yet"));
  }
  if (isBehind(session)) {
    add(l10n.t("Not yet mirrored"), formatBytes(session.lagBytes));
  }
  add(l10n.t("Mirrored from"), session.machine);
  if (session.historyCount > 0) {
    add(l10n.t("History"), l10n.t("earlier generations are kept; expand the row to see them"));
  }
  return details;
}
