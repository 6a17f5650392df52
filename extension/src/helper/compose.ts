/** Builds the helper's side of the extension: where Python comes from, how the helper is kept alive and told what to do. */

import { mkdir } from "node:fs/promises";
import * as vscode from "vscode";
import { isTrusted, mirroredFolders } from "../host/folders";
import { Memory, Setting } from "../host/ids";
import type { PauseHere } from "../host/pause";
import type { DestinationSecrets } from "../host/secrets";
import { onDidChangeSettings, readSettings } from "../host/settings";
import { childEnvironment } from "./childEnvironment";
import { HelperError } from "./client";
import { MirrorConfiguration } from "./configuration";
import { FactHub } from "./facts";
import { helperExecutable } from "./launch";
import type { Launched } from "./life";
import { adviseNoPython, chooseInterpreter, noPythonMessage } from "./python/advice";
import { type DiscoveryDeps, discover, type InterpreterMemory, modifiedAt, type Remembered } from "./python/discovery";
import { environmentProviders } from "./python/environments";
import { usualPlaces } from "./python/places";
import { type Candidate, probe } from "./python/probe";
import { HelperSupervisor } from "./supervisor";
import { runTool, type Tool } from "./tool";

export interface Helper {
  readonly client: HelperSupervisor;
  readonly configuration: MirrorConfiguration;
  readonly tool: Tool;
  chooseInterpreter(): Promise<void>;
}

export function composeHelper(
  context: vscode.ExtensionContext,
  log: vscode.LogOutputChannel,
  secrets: DestinationSecrets,
  pause: PauseHere,
): Helper {
  const cwd = context.globalStorageUri.fsPath;
  const memory = interpreterMemory(context.globalState);
  const facts = new FactHub();
  const configuration = new MirrorConfiguration(secrets, pause);

  const probeHere = async (candidate: Candidate) => {
    await mkdir(cwd, { recursive: true });
    return probe(candidate, environment(), cwd);
  };
  const discovery: DiscoveryDeps = {
    setting: () => readSettings().interpreter,
    remembered: memory,
    providers: environmentProviders,
    places: () => usualPlaces(process.platform, process.env),
    probe: probeHere,
    modifiedAt,
    folders: mirroredFolders,
    isTrusted,
    log: (message) => log.info(message),
  };
  const launch = async (): Promise<Launched> => {
    await mkdir(cwd, { recursive: true });
    const discovered = await discover(discovery);
    if (discovered.found === undefined) {
      const reason = discovered.chosen === undefined ? "noPython" : "badInterpreter";
      return { life: undefined, reason, message: noPythonMessage(discovered.chosen) };
    }
    const { LanguageLife } = await import("./languageLife");
    const executable = helperExecutable(discovered.found, context.extensionPath, cwd, environment());
    return { life: new LanguageLife(executable, facts, log) };
  };
  const tool: Tool = async (...args) => {
    const discovered = await discover(discovery);
    if (discovered.found === undefined) {
      throw new HelperError("unavailable", noPythonMessage(discovered.chosen), true);
    }
    return runTool(helperExecutable(discovered.found, context.extensionPath, cwd, environment(), args));
  };
  const client = new HelperSupervisor({
    launch,
    prepare: (life) => configuration.sendTo(life),
    onFailedStart: () => memory.write(undefined),
    facts,
    log,
  });

  context.subscriptions.push(
    facts,
    configuration,
    configuration.keepCurrent(client, log),
    client.onDidChangeState((state) => {
      log.info(`Helper: ${state.phase}`);
      if (state.phase === "failed" && state.reason !== "stopped") {
        adviseNoPython(state.message, () => client.restart());
      }
    }),
    onDidChangeSettings((affects) => {
      if (affects(Setting.interpreter) && client.state.phase !== "idle") {
        client.restart();
      }
    }),
    vscode.workspace.onDidGrantWorkspaceTrust(() => {
      if (client.state.phase === "failed") {
        client.restart();
      }
    }),
  );
  return { client, configuration, tool, chooseInterpreter: () => chooseInterpreter(probeHere) };
}

/** A workspace can't set the editor's proxy for us: only the user's own value counts. */
function environment(): Record<string, string> {
  const http = vscode.workspace.getConfiguration("http");
  const proxy = http.inspect<unknown>("proxy")?.globalValue;
  const noProxy = http.inspect<unknown>("noProxy")?.globalValue;
  return childEnvironment(process.env, {
    proxy: typeof proxy === "string" ? proxy : "",
    noProxy: Array.isArray(noProxy) ? noProxy.filter((host) => typeof host === "string") : [],
  });
}

function interpreterMemory(globalState: vscode.Memento): InterpreterMemory {
  return {
    read: () => globalState.get<Remembered>(Memory.interpreter),
    write: async (value) => globalState.update(Memory.interpreter, value),
  };
}
