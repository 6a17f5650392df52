/** Sizes and durations for people. */

import * as vscode from "vscode";

const UNITS = ["B", "kB", "MB", "GB", "TB"] as const;

/** Decimal units, as file managers show them: `0 B`, `12 kB`, `3.4 MB`. */
export function formatBytes(bytes: number): string {
  let value = Math.max(0, bytes);
  let unit = 0;
  while (value >= 999.5 && unit < UNITS.length - 1) {
    value /= 1000;
    unit += 1;
  }
  const digits = unit > 0 && value < 9.95 ? 1 : 0;
  return `${value.toFixed(digits)} ${UNITS[unit] ?? ""}`;
}

/** One unit, rounded down: `now`, `5 min`, `3 h`, `12 d`, `2 y`. A time in the future counts as now. */
export function formatAge(ageMs: number): string {
  const minutes = Math.floor(Math.max(0, ageMs) / 60_000);
  if (minutes < 1) {
    return vscode.l10n.t("now");
  }
  if (minutes < 60) {
    return vscode.l10n.t("{0} min", minutes);
  }
  const hours = Math.floor(minutes / 60);
  if (hours < 24) {
    return vscode.l10n.t("{0} h", hours);
  }
  const days = Math.floor(hours / 24);
  return days < 365 ? vscode.l10n.t("{0} d", days) : vscode.l10n.t("{0} y", Math.floor(days / 365));
}

/** For lag: `0.3 s`, `12 s`, then as an age. */
export function formatDuration(ms: number): string {
  const seconds = Math.max(0, ms) / 1000;
  if (seconds < 60) {
    return vscode.l10n.t("{0} s", seconds < 9.95 ? seconds.toFixed(1) : Math.floor(seconds).toFixed(0));
  }
  return formatAge(ms);
}

/** A moment in the editor's language and the machine's time zone, to the minute. */
export function formatDate(epochMs: number): string {
  const format = new Intl.DateTimeFormat(vscode.env.language, { dateStyle: "medium", timeStyle: "short" });
  return format.format(epochMs);
}

/** Characters that turn a line around, or that nobody sees; those that join letters are left to the languages that need them. */
const UNSEEN =
  /[\u00ad\u061c\u115f\u1160\u180e\u200b\u200e\u200f\u202a-\u202e\u2060-\u206f\u3164\ufeff\uffa0\u{e0000}-\u{e01ef}]/gu;

/** Text from a transcript or a bucket as one short line, without icon syntax and without control or direction characters. */
export function oneLine(text: string, limit = 120): string {
  const plain = text
    .slice(0, limit * 8)
    .replace(/[\p{Cc}\p{Zl}\p{Zp}\s]+/gu, " ")
    .replace(UNSEEN, "")
    .replace(/\$\(/g, "$\u200b(")
    .trim();
  const characters = Array.from(plain);
  return characters.length <= limit ? plain : `${characters.slice(0, limit - 1).join("")}…`;
}

/** A text whose characters matter, such as an address or a path: those that would turn it around or hide show as codes. */
export function spelledOut(text: string): string {
  const code = (character: string): string => (character.codePointAt(0) ?? 0).toString(16).toUpperCase();
  const sign = (character: string): string => `⟨U+${code(character).padStart(4, "0")}⟩`;
  return text.replace(UNSEEN, sign).replace(/[^\P{Cc}\n]|[\p{Zl}\p{Zp}]/gu, sign);
}
