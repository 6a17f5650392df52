/** Connect a Bucket: ask, try it for real, say what will be uploaded, and only then switch. */

import * as vscode from "vscode";
import type { HelperClient } from "../../helper/client";
import type { MirrorConfiguration } from "../../helper/configuration";
import { Setting } from "../../host/ids";
import { showInformation } from "../../host/notify";
import type { DestinationSecrets } from "../../host/secrets";
import { readSettings, writeSetting } from "../../host/settings";
import type { Destination, DestinationCheckResult, Problem } from "../../protocol/messages";
import { showFailure } from "../failure";
import { askDestination, type Draft } from "./questions";

export interface ConnectDeps {
  readonly client: HelperClient;
  readonly configuration: MirrorConfiguration;
  readonly secrets: DestinationSecrets;
}

export async function connectBucket(deps: ConnectDeps, draft?: Draft): Promise<void> {
  const destination = await askDestination(draft ?? currentDestination());
  if (destination !== undefined) {
    await tryDestination(deps, destination);
  }
}

async function tryDestination(deps: ConnectDeps, destination: Destination): Promise<void> {
  let result: DestinationCheckResult;
  try {
    result = await check(deps.client, destination);
  } catch (error) {
    const what = vscode.l10n.t("The destination could not be tried.");
    showFailure(what, error, () => tryDestination(deps, destination));
    return;
  }
  if (result.problem !== null) {
    await afterProblem(deps, destination, result.problem);
    return;
  }
  if (isRemote(destination) && !(await confirmUpload(result.destinationLabel))) {
    return;
  }
  await save(deps, destination);
  showInformation(vscode.l10n.t("Connected. Sessions are now mirrored to {0}.", result.destinationLabel));
}

function check(client: HelperClient, destination: Destination): Thenable<DestinationCheckResult> {
  const options = {
    location: vscode.ProgressLocation.Notification,
    title: vscode.l10n.t("Trying the destination: list, write, read, delete"),
    cancellable: true,
  };
  return vscode.window.withProgress(options, (_progress, token) =>
    client.request("sessionMirror/destination/check", { destination }, token),
  );
}

async function afterProblem(deps: ConnectDeps, destination: Destination, problem: Problem): Promise<void> {
  const retry = vscode.l10n.t("Retry");
  const change = vscode.l10n.t("Change…");
  const options = { modal: true, detail: `${problem.message}\n\n${problem.hint}`.trim() };
  const message = vscode.l10n.t("This destination does not work yet. Nothing was changed.");
  const answer = await vscode.window.showWarningMessage(message, options, retry, change);
  if (answer === retry) {
    await tryDestination(deps, destination);
  } else if (answer === change) {
    await connectBucket(deps, destination);
  }
}

async function confirmUpload(label: string): Promise<boolean> {
  const upload = vscode.l10n.t("Upload There");
  const masked = vscode.l10n.t(
    "The transcripts of the agent sessions in your folders will be uploaded there, with the secrets that Session Mirror recognises masked.",
  );
  const unmasked = vscode.l10n.t(
    "The transcripts of the agent sessions in your folders will be uploaded there as they are, with any secrets in them: redaction is switched off in the settings.",
  );
  const detail = readSettings().redact ? masked : unmasked;
  const message = vscode.l10n.t("Mirror sessions to {0}?", label);
  return (await vscode.window.showWarningMessage(message, { modal: true, detail }, upload)) === upload;
}

/** Keys first: the destination must never be in force without what it needs. */
async function save(deps: ConnectDeps, destination: Destination): Promise<void> {
  const url = destination.url ?? "";
  const endpointUrl = destination.endpointUrl ?? null;
  await deps.configuration.together(async () => {
    if (destination.credentials) {
      await deps.secrets.write(url, endpointUrl, destination.credentials);
    } else {
      await deps.secrets.remove(url, endpointUrl);
    }
    await writeSetting(Setting.s3Endpoint, endpointUrl ?? undefined);
    await writeSetting(Setting.s3Region, destination.region ?? undefined);
    await writeSetting(Setting.s3Profile, destination.profile ?? undefined);
    await writeSetting(Setting.destination, url || undefined);
  });
}

function currentDestination(): Destination {
  const settings = readSettings();
  return {
    url: settings.destinationUrl,
    endpointUrl: settings.s3Endpoint,
    region: settings.s3Region,
    profile: settings.s3Profile,
  };
}

function isRemote(destination: Destination): boolean {
  const url = destination.url ?? "";
  return url !== "" && !url.startsWith("file:");
}
