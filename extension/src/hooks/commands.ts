/** Install and remove Agent Hooks: with them, agents' sessions are mirrored while no editor is open. */

import * as vscode from "vscode";
import { HelperError } from "../helper/client";
import type { Tool } from "../helper/tool";
import { Command } from "../host/ids";
import { showError, showInformation } from "../host/notify";
import type { DestinationSecrets } from "../host/secrets";
import { readSettings, type Settings } from "../host/settings";
import { type AgentHooks, parseStatus } from "./status";

export interface HookCommandDeps {
  readonly tool: Tool;
  readonly secrets: DestinationSecrets;
}

export function registerHookCommands(deps: HookCommandDeps): vscode.Disposable {
  return vscode.Disposable.from(
    vscode.commands.registerCommand(Command.installHooks, () => guarded(() => installHooks(deps))),
    vscode.commands.registerCommand(Command.removeHooks, () => guarded(() => removeHooks(deps))),
  );
}

export async function installHooks({ tool, secrets }: HookCommandDeps): Promise<void> {
  const title = vscode.l10n.t("Install Agent Hooks");
  const place = vscode.l10n.t("Whose sessions should be mirrored while no editor is open, too?");
  const chosen = await pick(await statusOf(tool), title, place);
  const settings = readSettings();
  if (chosen.length === 0 || !(await confirm(settings, secrets))) {
    return;
  }
  const said = [];
  for (const agent of new Set(chosen.map((one) => one.agent))) {
    const install = ["hooks", "install", "--agent", agent, ...destinationArguments(settings)];
    said.push(await tool(...install));
    const homes = settings.homes.filter(({ harness }) => harness === agent).flatMap(({ folders }) => folders);
    if (homes.length > 0) {
      await tool(...install, ...homes.flatMap((home) => ["--home", home]));
    }
  }
  const last = said.at(-1)?.trim().split("\n").slice(1) ?? [];
  showInformation([vscode.l10n.t("The hooks are installed."), ...last].join(" "));
}

export async function removeHooks({ tool }: HookCommandDeps): Promise<void> {
  const title = vscode.l10n.t("Remove Agent Hooks");
  const there = (await statusOf(tool)).filter(({ state }) => state === "installed" || state === "outdated");
  if (there.length === 0) {
    showInformation(vscode.l10n.t("No agent has hooks of Session Mirror."));
    return;
  }
  const place = vscode.l10n.t("Whose sessions should only be mirrored while an editor is open?");
  const chosen = await pick(there, title, place);
  for (const agent of new Set(chosen.map((one) => one.agent))) {
    await tool("hooks", "remove", "--agent", agent);
  }
  if (chosen.length > 0) {
    showInformation(vscode.l10n.t("The hooks are removed."));
  }
}

/** Always the destination and redaction of the settings, whatever the environment says. */
export function destinationArguments(settings: Settings): string[] {
  const { s3Endpoint, s3Region, s3Profile } = settings;
  const told = [
    ["--destination", settings.destinationUrl],
    ["--endpoint", s3Endpoint],
    ["--region", s3Region],
    ["--profile", s3Profile],
  ].flatMap(([option, value]) => (value === null ? [] : [`${option}=${value}`]));
  return settings.redact ? told : [...told, "--no-redact"];
}

/** How an agent's hooks stand, in a few words. */
export function stateWords({ state, obstacle, problem, hasHome }: AgentHooks): string {
  switch (state) {
    case "installed":
      return obstacle === "" ? vscode.l10n.t("installed") : vscode.l10n.t("installed, {0}", obstacle);
    case "outdated":
      return vscode.l10n.t("installed by another version");
    case "unusable":
      return problem;
    case "notInstalled":
      return hasHome ? vscode.l10n.t("not installed") : vscode.l10n.t("not installed; this agent was not found");
  }
}

async function statusOf(tool: Tool): Promise<AgentHooks[]> {
  return parseStatus(await tool("hooks", "status", "--json"));
}

async function pick(agents: readonly AgentHooks[], title: string, placeHolder: string): Promise<AgentHooks[]> {
  const items = agents.map((agent) => ({
    label: agent.label,
    description: stateWords(agent),
    detail: agent.file,
    picked: agent.hasHome && agent.state !== "unusable",
    agent,
  }));
  const picked = await vscode.window.showQuickPick(items, { title, placeHolder, canPickMany: true });
  return picked?.map(({ agent }) => agent) ?? [];
}

/** Sessions that nobody looks at will be uploaded: that is said before, for a destination outside this machine. */
async function confirm(settings: Settings, secrets: DestinationSecrets): Promise<boolean> {
  const url = settings.destinationUrl;
  if (url === "" || url.startsWith("file:")) {
    return true;
  }
  const details = [
    settings.redact
      ? vscode.l10n.t("From now on the sessions of these agents are uploaded from all folders, with secrets masked.")
      : vscode.l10n.t("From now on the sessions of these agents are uploaded from all folders, as they are."),
  ];
  if ((await secrets.read(url, settings.s3Endpoint)) !== null) {
    details.push(
      vscode.l10n.t(
        "The keys that this editor keeps are not known outside it: the hooks sign in with the AWS configuration.",
      ),
    );
  }
  const install = vscode.l10n.t("Install");
  const message = vscode.l10n.t("Mirror sessions outside the editor to {0}?", url);
  const options = { modal: true, detail: details.join("\n\n") };
  return (await vscode.window.showWarningMessage(message, options, install)) === install;
}

async function guarded(run: () => Promise<void>): Promise<void> {
  try {
    await run();
  } catch (error) {
    const known = HelperError.is(error);
    showError(known ? error.message : String(error), known ? error.hint : "");
  }
}
