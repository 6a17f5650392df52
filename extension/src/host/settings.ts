/** The user's settings, checked: a value of the wrong type counts as not set. */

import * as vscode from "vscode";
import { SETTINGS_SECTION, Setting } from "./ids";

export interface Settings {
  /** Empty: the default local folder. */
  readonly destinationUrl: string;
  readonly s3Endpoint: string | null;
  readonly s3Region: string | null;
  readonly s3Profile: string | null;
  readonly autoStart: boolean;
  readonly intervalMs: number;
  readonly redact: boolean;
  readonly autoCompact: boolean;
  /** Empty: find one. */
  readonly interpreter: string;
  readonly claudeConfigDirs: readonly string[];
  readonly codexHomes: readonly string[];
}

export const MIN_INTERVAL_SECONDS = 0.2;
const DEFAULT_INTERVAL_SECONDS = 5;

/** `get` answers with whatever the user wrote. */
export function parseSettings(get: (name: Setting) => unknown): Settings {
  const text = (name: Setting): string => {
    const value = get(name);
    return typeof value === "string" ? value.trim() : "";
  };
  const flag = (name: Setting): boolean => get(name) !== false;
  return {
    destinationUrl: text(Setting.destination),
    s3Endpoint: text(Setting.s3Endpoint) || null,
    s3Region: text(Setting.s3Region) || null,
    s3Profile: text(Setting.s3Profile) || null,
    autoStart: flag(Setting.autoStart),
    intervalMs: intervalMs(get(Setting.interval)),
    redact: flag(Setting.redactionEnabled),
    autoCompact: flag(Setting.autoCompact),
    interpreter: text(Setting.interpreter),
    claudeConfigDirs: strings(get(Setting.claudeConfigDirs)),
    codexHomes: strings(get(Setting.codexHomes)),
  };
}

export function readSettings(): Settings {
  const configuration = vscode.workspace.getConfiguration(SETTINGS_SECTION);
  return parseSettings((name) => configuration.get<unknown>(name));
}

/** Writes to the user's (on a remote host: that machine's) settings; `undefined` removes. */
export async function writeSetting(name: Setting, value: string | undefined): Promise<void> {
  const configuration = vscode.workspace.getConfiguration(SETTINGS_SECTION);
  await configuration.update(name, value, vscode.ConfigurationTarget.Global);
}

export function onDidChangeSettings(listener: (affects: (name: Setting) => boolean) => void): vscode.Disposable {
  return vscode.workspace.onDidChangeConfiguration((event) => {
    if (event.affectsConfiguration(SETTINGS_SECTION)) {
      listener((name) => event.affectsConfiguration(`${SETTINGS_SECTION}.${name}`));
    }
  });
}

function intervalMs(value: unknown): number {
  const seconds = typeof value === "number" && Number.isFinite(value) ? value : DEFAULT_INTERVAL_SECONDS;
  return Math.round(Math.max(seconds, MIN_INTERVAL_SECONDS) * 1000);
}

function strings(value: unknown): string[] {
  if (!Array.isArray(value)) {
    return [];
  }
  const given: string[] = value.filter((item) => typeof item === "string").map((item) => item.trim());
  return [...new Set(given)].filter((item) => item !== "");
}
