/** What the status bar says, from what is known. Pure, and never better than the facts: without health there is no all-clear. */

import { l10n } from "vscode";
import type { HelperState } from "../helper/client";
import { formatAge, formatBytes, formatDuration, oneLine } from "../host/format";
import { Command } from "../host/ids";
import type { ErrorKind, Health } from "../protocol/messages";

export interface Situation {
  readonly helper: HelperState;
  /** The running helper's last word; `undefined` until it has spoken. */
  readonly health: Health | undefined;
  /** Why the helper refused its configuration. */
  readonly refusal: { readonly message: string; readonly hint: string } | undefined;
  readonly paused: boolean;
  readonly hasFolders: boolean;
  /** Set when the window works on another machine. */
  readonly machine: string | undefined;
  readonly nowMs: number;
}

export interface Status {
  readonly icon: string;
  readonly text: string;
  readonly severity: "none" | "warning" | "error";
  readonly headline: string;
  readonly lines: readonly string[];
  /** What fits now, most wanted first. */
  readonly actions: readonly Command[];
}

/** Less than this to catch up with is no backlog. */
const BACKLOG_BYTES = 16 * 1024 * 1024;

const ALWAYS = [Command.openSettings, Command.showLog] as const;

export function statusOf(situation: Situation): Status {
  const { helper, health } = situation;
  switch (helper.phase) {
    case "idle":
      return paused(situation, undefined);
    case "starting":
      return starting();
    case "restarting":
      return restarting(helper.attempt, helper.reason);
    case "failed":
      return failed(helper.message);
    case "running":
      return health === undefined && situation.refusal === undefined ? starting() : running(situation, health);
  }
}

function running(situation: Situation, health: Health | undefined): Status {
  if (situation.refusal !== undefined) {
    const { message, hint } = situation.refusal;
    return problem(l10n.t("not mirroring"), [message, hint], situation, health);
  }
  if (!situation.hasFolders) {
    const headline = l10n.t("No folder is open, so there is nothing to mirror in this window.");
    return calm("mirror", l10n.t("No folder"), headline, [Command.replayFromBucket, Command.connectBucket, ...ALWAYS]);
  }
  if (situation.paused || health?.phase === "paused") {
    return paused(situation, health);
  }
  if (health === undefined || health.phase === "starting") {
    return starting();
  }
  if (health.phase === "error" || health.problem !== null) {
    return stuck(situation, health);
  }
  if (health.elsewhereCount > 0 && health.elsewhereCount >= Math.max(1, health.liveCount)) {
    return elsewhere(situation, health);
  }
  return health.phase === "mirroring" || health.behindCount > 0
    ? mirroring(situation, health)
    : watching(situation, health);
}

function starting(): Status {
  const headline = l10n.t("Session Mirror is starting.");
  return calm("loading~spin", l10n.t("Mirror starting"), headline, [...ALWAYS]);
}

function restarting(attempt: number, reason: string): Status {
  const headline = l10n.t("The mirroring helper stopped and is being started again; it catches up afterwards.");
  return {
    icon: "sync~spin",
    text: l10n.t("Mirror restarting"),
    severity: "warning",
    headline,
    lines: [l10n.t("Attempt {0}, because of: {1}", attempt, oneLine(reason, 200))],
    actions: [Command.restartHelper, ...ALWAYS],
  };
}

function failed(message: string): Status {
  return {
    icon: "error",
    text: l10n.t("Mirror not running"),
    severity: "error",
    headline: message,
    lines: [l10n.t("Sessions are not mirrored until this is solved.")],
    actions: [Command.chooseInterpreter, Command.restartHelper, ...ALWAYS],
  };
}

function paused(situation: Situation, health: Health | undefined): Status {
  const headline = l10n.t("Mirroring is paused in this workspace. New lines of transcripts are not kept.");
  const lines = health === undefined ? [] : details(situation, health);
  return {
    icon: "debug-pause",
    text: l10n.t("Mirror paused"),
    severity: "none",
    headline,
    lines,
    actions: [Command.resumeHere, Command.connectBucket, ...ALWAYS],
  };
}

function stuck(situation: Situation, health: Health): Status {
  const cause = health.problem === null ? sessionProblems(health.errorCount) : causeOf(health.problem.kind);
  const words = health.problem === null ? [] : [health.problem.message, health.problem.hint];
  const status = problem(cause, words, situation, health);
  // Of an agent that is not understood nothing is mirrored, but all others are.
  const isFinding = health.findings.some((finding) => finding.problem.message === health.problem?.message);
  return isFinding ? { ...status, icon: "warning", severity: "warning" } : status;
}

function problem(cause: string, words: readonly string[], situation: Situation, health: Health | undefined): Status {
  const [first, ...rest] = words.map((text) => oneLine(text, 300)).filter((text) => text !== "");
  return {
    icon: "error",
    text: l10n.t("Mirror: {0}", cause),
    severity: "error",
    headline: first ?? cause,
    lines: [...rest, ...(health === undefined ? [] : details(situation, health))],
    actions: [Command.connectBucket, Command.refreshSessions, Command.restartHelper, Command.pauseHere, ...ALWAYS],
  };
}

function causeOf(kind: ErrorKind): string {
  const causes: Readonly<Record<ErrorKind, string>> = {
    auth: l10n.t("access denied"),
    network: l10n.t("offline"),
    throttled: l10n.t("throttled"),
    notFound: l10n.t("destination missing"),
    conflict: l10n.t("conflict"),
    disk: l10n.t("disk problem"),
    source: l10n.t("unreadable transcript"),
    bug: l10n.t("problem"),
  };
  return causes[kind];
}

function elsewhere(situation: Situation, health: Health): Status {
  return {
    icon: "multiple-windows",
    text: l10n.t("In another window"),
    severity: "none",
    headline: l10n.t("Another window mirrors these sessions; this one takes over when it closes."),
    lines: details(situation, health),
    actions: usual(),
  };
}

function mirroring(situation: Situation, health: Health): Status {
  const size = formatBytes(health.lagBytes);
  const percent = percentDone(health);
  const behind = percent === undefined ? l10n.t("{0} behind", size) : l10n.t("{0}% · {1} behind", percent, size);
  return {
    icon: "cloud-upload",
    text: health.liveCount > 0 ? `${live(health.liveCount)} · ${behind}` : behind,
    severity: "none",
    headline: l10n.t("New lines are being mirrored."),
    lines: details(situation, health),
    actions: usual(),
  };
}

/** How much of a backlog is done; `undefined` for the little that a busy session is always behind. */
function percentDone(health: Health): number | undefined {
  const total = health.caughtUpBytes + health.lagBytes;
  return total < BACKLOG_BYTES ? undefined : Math.floor((100 * health.caughtUpBytes) / total);
}

function watching(situation: Situation, health: Health): Status {
  const text = health.liveCount > 0 ? live(health.liveCount) : known(health.sessionCount);
  const headline =
    health.sessionCount === 0
      ? l10n.t("No agent session in this workspace yet; one that begins is mirrored by itself.")
      : l10n.t("Everything found so far is mirrored.");
  return { icon: "eye", text, severity: "none", headline, lines: details(situation, health), actions: usual() };
}

function usual(): Command[] {
  return [Command.openReplay, Command.connectBucket, Command.openMirrorFolder, Command.pauseHere, ...ALWAYS];
}

function calm(icon: string, text: string, headline: string, actions: readonly Command[]): Status {
  return { icon, text, severity: "none", headline, lines: [], actions };
}

function details(situation: Situation, health: Health): string[] {
  const destination = oneLine(health.destinationLabel, 200);
  const lines = destination === "" ? [] : [l10n.t("Destination: {0}", destination)];
  if (situation.machine !== undefined) {
    lines.push(l10n.t("Sessions of: {0}", situation.machine));
  }
  lines.push(l10n.t("Sessions: {0}, live: {1}", health.sessionCount, health.liveCount));
  if (health.behindCount > 0) {
    const lag = [formatBytes(health.lagBytes), formatDuration(health.lagMs)] as const;
    lines.push(l10n.t("Behind: {0} ({1}, oldest {2})", health.behindCount, ...lag));
  }
  if (health.elsewhereCount > 0) {
    lines.push(l10n.t("Mirrored by another window: {0}", health.elsewhereCount));
  }
  if (health.errorCount > 0) {
    lines.push(l10n.t("With a problem: {0}", health.errorCount));
  }
  for (const { problem } of health.findings) {
    if (problem.message !== health.problem?.message) {
      lines.push(oneLine(`${problem.message} ${problem.hint}`, 300));
    }
  }
  lines.push(lastWrite(health, situation.nowMs));
  lines.push(l10n.t("Secrets masked: {0}", health.redactionCount));
  if (health.watching === "polling") {
    const hint = oneLine(health.watchingHint, 300);
    lines.push(
      hint === ""
        ? l10n.t("Changes are found by polling: nothing reports them here.")
        : l10n.t("Changes are found by polling. {0}", hint),
    );
  }
  return lines;
}

function lastWrite(health: Health, nowMs: number): string {
  if (health.lastFlushAtMs === null) {
    return l10n.t("Nothing written since the start.");
  }
  const age = nowMs - health.lastFlushAtMs;
  const bytes = formatBytes(health.uploadedBytes);
  return age < 60_000
    ? l10n.t("Last write: just now ({0} since the start)", bytes)
    : l10n.t("Last write: {0} ago ({1} since the start)", formatAge(age), bytes);
}

function live(count: number): string {
  return l10n.t("{0} live", count);
}

function known(count: number): string {
  if (count === 0) {
    return l10n.t("No sessions");
  }
  return count === 1 ? l10n.t("1 session") : l10n.t("{0} sessions", count);
}

function sessionProblems(count: number): string {
  return count === 1 ? l10n.t("1 session has a problem") : l10n.t("{0} sessions have a problem", count);
}
