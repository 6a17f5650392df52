/** S3 keys in the editor's secret storage, one entry for each destination, so that no key ever reaches another host. */

import type * as vscode from "vscode";
import type { Credentials } from "../protocol/messages";

export class DestinationSecrets {
  constructor(private readonly storage: vscode.SecretStorage) {}

  async read(url: string, endpointUrl: string | null): Promise<Credentials | null> {
    const stored = await this.storage.get(secretKey(url, endpointUrl));
    return stored === undefined ? null : parseCredentials(stored);
  }

  async write(url: string, endpointUrl: string | null, credentials: Credentials): Promise<void> {
    await this.storage.store(secretKey(url, endpointUrl), JSON.stringify(credentials));
  }

  async remove(url: string, endpointUrl: string | null): Promise<void> {
    await this.storage.delete(secretKey(url, endpointUrl));
  }

  /** Also when another window changed them. */
  onDidChange(listener: () => void): vscode.Disposable {
    return this.storage.onDidChange((event) => {
      if (event.key.startsWith(PREFIX)) {
        listener();
      }
    });
  }
}

const PREFIX = "credentials ";

function secretKey(url: string, endpointUrl: string | null): string {
  return `${PREFIX}${JSON.stringify([url, endpointUrl])}`;
}

function parseCredentials(stored: string): Credentials | null {
  let value: unknown;
  try {
    value = JSON.parse(stored);
  } catch {
    return null;
  }
  if (typeof value !== "object" || value === null) {
    return null;
  }
  const accessKeyId = "accessKeyId" in value ? value.accessKeyId : undefined;
  const secretAccessKey = "secretAccessKey" in value ? value.secretAccessKey : undefined;
  const sessionToken = "sessionToken" in value ? value.sessionToken : undefined;
  if (typeof accessKeyId !== "string" || typeof secretAccessKey !== "string") {
    return null;
  }
  return { accessKeyId, secretAccessKey, sessionToken: typeof sessionToken === "string" ? sessionToken : null };
}
