/** The questions of Connect a Bucket; `undefined` from any of them means that the user turned back. */

import { pathToFileURL } from "node:url";
import * as vscode from "vscode";
import type { Credentials, Destination } from "../../protocol/messages";
import { bucketUrlError, endpointError, isUnencrypted, requiredError } from "./address";

/** What was last entered, so that a second try starts from there. */
export type Draft = Destination | undefined;

export async function askDestination(draft: Draft): Promise<Destination | undefined> {
  const places = [
    {
      place: "s3" as const,
      label: vscode.l10n.t("$(cloud) S3-compatible bucket"),
      detail: vscode.l10n.t("Amazon S3, MinIO, Ceph, Cloudflare R2 and others"),
    },
    {
      place: "folder" as const,
      label: vscode.l10n.t("$(folder) Folder"),
      detail: vscode.l10n.t("On this machine, or a drive that it mounts"),
    },
    {
      place: "default" as const,
      label: vscode.l10n.t("$(home) Default folder"),
      detail: vscode.l10n.t("Session Mirror's own folder on this machine; nothing is uploaded"),
    },
  ];
  const title = vscode.l10n.t("Connect a Bucket");
  const placeHolder = vscode.l10n.t("Where should sessions be mirrored to?");
  const picked = await vscode.window.showQuickPick(places, { title, placeHolder, ignoreFocusOut: true });
  switch (picked?.place) {
    case "s3":
      return askBucket(draft);
    case "folder":
      return askFolder();
    case "default":
      return { url: "" };
    case undefined:
      return undefined;
  }
}

async function askFolder(): Promise<Destination | undefined> {
  const picked = await vscode.window.showOpenDialog({
    title: vscode.l10n.t("Mirror sessions to this folder"),
    openLabel: vscode.l10n.t("Mirror Here"),
    canSelectFiles: false,
    canSelectFolders: true,
  });
  const folder = picked?.[0];
  return folder === undefined ? undefined : { url: pathToFileURL(folder.fsPath).href };
}

async function askBucket(draft: Draft): Promise<Destination | undefined> {
  const url = await ask({
    title: vscode.l10n.t("Connect a Bucket (1 of 4): address"),
    prompt: vscode.l10n.t("The bucket, and the name of a project in it."),
    placeHolder: "s3://bucket/project",
    value: draft?.url?.startsWith("s3://") ? draft.url : "",
    validateInput: bucketUrlError,
  });
  if (url === undefined) {
    return undefined;
  }
  const endpoint = await ask({
    title: vscode.l10n.t("Connect a Bucket (2 of 4): endpoint"),
    prompt: vscode.l10n.t("The server's address; empty for Amazon S3."),
    placeHolder: "https://s3.example.com",
    value: draft?.endpointUrl ?? "",
    validateInput: validateEndpoint,
  });
  if (endpoint === undefined) {
    return undefined;
  }
  const region = await ask({
    title: vscode.l10n.t("Connect a Bucket (3 of 4): region"),
    prompt: vscode.l10n.t("Empty for the one that the AWS configuration names."),
    placeHolder: "eu-central-1",
    value: draft?.region ?? "",
  });
  if (region === undefined) {
    return undefined;
  }
  const access = await askAccess(draft);
  return access && { url, endpointUrl: endpoint || null, region: region || null, ...access };
}

type Access = { readonly profile: string | null; readonly credentials: Credentials | null };

async function askAccess(draft: Draft): Promise<Access | undefined> {
  const ways = [
    {
      way: "chain" as const,
      label: vscode.l10n.t("$(account) AWS configuration"),
      detail: vscode.l10n.t("Environment, default profile, single sign-on or instance role"),
    },
    {
      way: "profile" as const,
      label: vscode.l10n.t("$(list-selection) A profile…"),
      detail: vscode.l10n.t("By its name in the AWS configuration"),
    },
    {
      way: "keys" as const,
      label: vscode.l10n.t("$(key) Access keys…"),
      detail: vscode.l10n.t("Kept in the editor's secret storage, for this bucket only"),
    },
  ];
  const title = vscode.l10n.t("Connect a Bucket (4 of 4): access");
  const placeHolder = vscode.l10n.t("How does Session Mirror sign in?");
  const picked = await vscode.window.showQuickPick(ways, { title, placeHolder, ignoreFocusOut: true });
  switch (picked?.way) {
    case "chain":
      return { profile: null, credentials: null };
    case "profile": {
      const prompt = vscode.l10n.t("The profile's name");
      const profile = await ask({ title, prompt, value: draft?.profile ?? "", validateInput: requiredError });
      return profile === undefined ? undefined : { profile, credentials: null };
    }
    case "keys": {
      const credentials = await askKeys(title);
      return credentials && { profile: null, credentials };
    }
    case undefined:
      return undefined;
  }
}

async function askKeys(title: string): Promise<Credentials | undefined> {
  const accessKeyId = await ask({ title, prompt: vscode.l10n.t("Access key id"), validateInput: requiredError });
  if (accessKeyId === undefined) {
    return undefined;
  }
  const prompt = vscode.l10n.t("Secret access key");
  const secretAccessKey = await ask({ title, prompt, password: true, validateInput: requiredError });
  return secretAccessKey === undefined ? undefined : { accessKeyId, secretAccessKey };
}

async function ask(options: vscode.InputBoxOptions): Promise<string | undefined> {
  const answer = await vscode.window.showInputBox({ ignoreFocusOut: true, ...options });
  return answer?.trim();
}

function validateEndpoint(text: string): string | vscode.InputBoxValidationMessage | undefined {
  const error = endpointError(text);
  if (error !== undefined || !isUnencrypted(text)) {
    return error;
  }
  const message = vscode.l10n.t("Over http, transcripts and requests travel unencrypted.");
  return { message, severity: vscode.InputBoxValidationSeverity.Warning };
}
