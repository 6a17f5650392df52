/**
 * Finds a Python for the helper, in this order: the user's setting, the one that worked last, the Python extensions,
 * the usual places. It is the helper's interpreter, not the project's: any Python that is new enough will do.
 */

import { stat } from "node:fs/promises";
import { isAbsolute, relative } from "node:path";
import { type EnvironmentProvider, within } from "./environments";
import type { Candidate, Interpreter, ProbeResult } from "./probe";

export interface DiscoveryDeps {
  readonly setting: () => string;
  readonly remembered: InterpreterMemory;
  readonly providers: readonly EnvironmentProvider[];
  readonly places: () => readonly Candidate[];
  readonly probe: (candidate: Candidate) => Promise<ProbeResult>;
  readonly modifiedAt: (path: string) => Promise<number | undefined>;
  readonly folders: () => readonly string[];
  readonly isTrusted: () => boolean;
  readonly log: (message: string) => void;
}

export interface Remembered {
  readonly path: string;
  readonly version: string;
  readonly modifiedAtMs: number;
}

export interface InterpreterMemory {
  read(): Remembered | undefined;
  write(value: Remembered | undefined): Promise<void>;
}

export type Discovery =
  | { readonly found: Interpreter }
  | { readonly found: undefined; readonly chosen: Rejected | undefined };

/** The interpreter that the setting names, and why it won't do. */
export interface Rejected {
  readonly path: string;
  readonly result: Extract<ProbeResult, { ok: false }>;
}

export async function discover(deps: DiscoveryDeps): Promise<Discovery> {
  const setting = deps.setting();
  if (setting !== "") {
    const result = await deps.probe({ command: setting, args: [] });
    if (result.ok) {
      return { found: result.interpreter };
    }
    deps.log(`The interpreter in the settings, ${setting}, can't be used: ${result.reason} ${result.detail}`);
    return { found: undefined, chosen: { path: setting, result } };
  }
  const remembered = await stillGood(deps);
  if (remembered !== undefined) {
    return { found: remembered };
  }
  const found = (await fromProviders(deps)) ?? (await fromPlaces(deps));
  if (found === undefined) {
    return { found: undefined, chosen: undefined };
  }
  await remember(deps, found);
  return { found };
}

async function stillGood(deps: DiscoveryDeps): Promise<Interpreter | undefined> {
  const remembered = deps.remembered.read();
  if (remembered === undefined || !mayRun(deps, remembered.path)) {
    return undefined;
  }
  const modifiedAtMs = await deps.modifiedAt(remembered.path);
  return modifiedAtMs === remembered.modifiedAtMs ? remembered : undefined;
}

async function fromProviders(deps: DiscoveryDeps): Promise<Interpreter | undefined> {
  for (const provider of deps.providers) {
    const path = await within(provider);
    if (path !== undefined && mayRun(deps, path)) {
      const found = await tryOne(deps, { command: path, args: [] }, provider.name);
      if (found !== undefined) {
        return found;
      }
    }
  }
  return undefined;
}

async function fromPlaces(deps: DiscoveryDeps): Promise<Interpreter | undefined> {
  for (const candidate of deps.places()) {
    const exists = (await deps.modifiedAt(candidate.command)) !== undefined;
    if (exists && mayRun(deps, candidate.command)) {
      const found = await tryOne(deps, candidate, "usual places");
      if (found !== undefined) {
        return found;
      }
    }
  }
  return undefined;
}

async function tryOne(deps: DiscoveryDeps, candidate: Candidate, from: string): Promise<Interpreter | undefined> {
  const result = await deps.probe(candidate);
  if (result.ok) {
    deps.log(`Python ${result.interpreter.version} at ${result.interpreter.path} (${from})`);
    return result.interpreter;
  }
  deps.log(`Not ${candidate.command} (${from}): ${result.reason} ${result.detail}`);
  return undefined;
}

/** A project's own environment comes and goes with the project, and another window may not trust that project. */
async function remember(deps: DiscoveryDeps, found: Interpreter): Promise<void> {
  const modifiedAtMs = await deps.modifiedAt(found.path);
  if (modifiedAtMs !== undefined && !insideFolders(deps, found.path)) {
    await deps.remembered.write({ ...found, modifiedAtMs });
  }
}

/** A program inside an untrusted folder is never started. */
function mayRun(deps: DiscoveryDeps, path: string): boolean {
  return deps.isTrusted() || !insideFolders(deps, path);
}

function insideFolders(deps: DiscoveryDeps, path: string): boolean {
  return deps.folders().some((folder) => {
    const below = relative(folder, path);
    return below !== "" && !below.startsWith("..") && !isAbsolute(below);
  });
}

/** Milliseconds, or `undefined` when there is no such file. */
export async function modifiedAt(path: string): Promise<number | undefined> {
  try {
    return (await stat(path)).mtimeMs;
  } catch {
    return undefined;
  }
}
