/** The user's settings, checked: a value of the wrong type counts as not set. */

import * as vscode from "vscode";
import type { AgentHomes } from "../protocol/messages";
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
  /** More folders to look for an agent's sessions in. */
  readonly homes: readonly AgentHomes[];
  /** Agents that are not looked for. */
  readonly ignoredAgents: readonly string[];
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
    homes: homes([
      ["claude-code", get(Setting.claudeConfigDirs)],
      ["codex", get(Setting.codexHomes)],
      ...entries(get(Setting.agentHomes)),
    ]),
    ignoredAgents: strings(get(Setting.ignoredAgents)),
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

/** The folders of each agent, from the settings of two agents that are older than the one for all. */
function homes(told: readonly (readonly [string, unknown])[]): AgentHomes[] {
  const folders = new Map<string, string[]>();
  for (const [harness, value] of told) {
    folders.set(harness, strings([...(folders.get(harness) ?? []), ...strings(value)]));
  }
  return [...folders].map(([harness, its]) => ({ harness, folders: its })).filter((home) => home.folders.length > 0);
}

function entries(value: unknown): [string, unknown][] {
  return typeof value === "object" && value !== null && !Array.isArray(value) ? Object.entries(value) : [];
}

function strings(value: unknown): string[] {
  if (!Array.isArray(value)) {
    return [];
  }
  const given: string[] = value.filter((item) => typeof item === "string").map((item) => item.trim());
  return [...new Set(given)].filter((item) => item !== "");
}
