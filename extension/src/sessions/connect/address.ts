/** Checks what the user types when connecting a bucket. Each answers with an error's text, or `undefined`. */

import { l10n } from "vscode";

const BUCKET = /^[a-z0-9][a-z0-9.-]{1,61}[a-z0-9]$/;
const PROJECT = /^[A-Za-z0-9._-]+(\/[A-Za-z0-9._-]+)*$/;

export function bucketUrlError(text: string): string | undefined {
  const match = /^s3:\/\/([^/]*)\/?(.*)$/.exec(text.trim());
  const [, bucket, rest] = match ?? [];
  if (bucket === undefined || rest === undefined) {
    return l10n.t("Write it as s3://bucket/project.");
  }
  if (!BUCKET.test(bucket)) {
    return l10n.t("A bucket's name has 3 to 63 lower-case letters, digits, dots and hyphens.");
  }
  const project = rest.replace(/\/$/, "");
  if (project === "") {
    return l10n.t("Add the project's name: s3://{0}/project.", bucket);
  }
  if (!PROJECT.test(project) || project.split("/").some((part) => part === "." || part === "..")) {
    return l10n.t("A project's name has letters, digits, dots, hyphens and underscores.");
  }
  return undefined;
}

export function endpointError(text: string): string | undefined {
  const trimmed = text.trim();
  if (trimmed === "") {
    return undefined;
  }
  const url = URL.canParse(trimmed) ? new URL(trimmed) : undefined;
  if (url === undefined || (url.protocol !== "https:" && url.protocol !== "http:")) {
    return l10n.t("Write it as https://host, or leave it empty for Amazon S3.");
  }
  if (url.username !== "" || url.password !== "") {
    return l10n.t("Leave keys out of the address: they are asked for next.");
  }
  return undefined;
}

/** An endpoint that transcripts would reach unencrypted over a network. */
export function isUnencrypted(endpoint: string): boolean {
  const url = URL.canParse(endpoint.trim()) ? new URL(endpoint.trim()) : undefined;
  return url?.protocol === "http:" && !["localhost", "127.0.0.1", "[::1]"].includes(url.hostname);
}

export function requiredError(text: string): string | undefined {
  return text.trim() === "" ? l10n.t("This is needed.") : undefined;
}
