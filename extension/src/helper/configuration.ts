/** Tells the helper what to mirror: at the start of each of its lives, and when folders, settings, keys or the pause change. */

import * as vscode from "vscode";
import { mirroredFolders } from "../host/folders";
import type { PauseHere } from "../host/pause";
import type { DestinationSecrets } from "../host/secrets";
import { onDidChangeSettings, readSettings, type Settings } from "../host/settings";
import type { Credentials, MirrorConfigureParams, MirrorConfigureResult } from "../protocol/messages";
import { type HelperClient, HelperError } from "./client";

/** Several settings written one after the other are one change. */
const SETTLE_MS = 300;

export type Configured =
  | { readonly result: MirrorConfigureResult; readonly error: undefined }
  | { readonly result: undefined; readonly error: HelperError };

type Request = Pick<HelperClient, "request">;

export class MirrorConfiguration {
  private readonly changes = new vscode.EventEmitter<Configured>();
  readonly onDidConfigure = this.changes.event;
  private last: Configured | undefined;
  private timer: NodeJS.Timeout | undefined;
  private held = 0;
  private sending: Promise<void> = Promise.resolve();

  constructor(
    private readonly secrets: DestinationSecrets,
    private readonly pause: PauseHere,
  ) {}

  /** What the helper made of it; `undefined` until it has answered. */
  get current(): Configured | undefined {
    return this.last;
  }

  /** Rejects only when the helper is gone; a configuration it refuses is reported through the event. */
  async sendTo(helper: Request): Promise<void> {
    const params = await this.params();
    try {
      const result = await helper.request("sessionMirror/mirror/configure", params);
      this.report({ result, error: undefined });
    } catch (error) {
      if (!HelperError.is(error) || error.reason !== "refused") {
        throw error;
      }
      this.report({ result: undefined, error });
    }
  }

  /** Sends again whenever something changes while the helper runs; a new life gets it anyway. */
  keepCurrent(client: HelperClient, log: vscode.LogOutputChannel): vscode.Disposable {
    const send = () => {
      this.sending = this.sending.then(async () => {
        if (client.state.phase === "running") {
          await this.sendTo(client).catch((error: unknown) => log.warn("Configuring the helper failed", String(error)));
        }
      });
    };
    const soon = () => {
      clearTimeout(this.timer);
      this.timer = setTimeout(() => (this.held > 0 ? soon() : send()), SETTLE_MS);
    };
    return vscode.Disposable.from(
      onDidChangeSettings(soon),
      vscode.workspace.onDidChangeWorkspaceFolders(soon),
      this.secrets.onDidChange(soon),
      this.pause.onDidChange(send),
      new vscode.Disposable(() => clearTimeout(this.timer)),
    );
  }

  /** Changes that belong together: the helper never sees them half made. */
  async together(change: () => Promise<void>): Promise<void> {
    this.held += 1;
    try {
      await change();
    } finally {
      this.held -= 1;
    }
  }

  dispose(): void {
    this.changes.dispose();
  }

  private async params(): Promise<MirrorConfigureParams> {
    const settings = readSettings();
    const credentials = await this.secrets.read(settings.destinationUrl, settings.s3Endpoint);
    return configureParams(settings, mirroredFolders(), credentials, this.pause.paused);
  }

  private report(configured: Configured): void {
    this.last = configured;
    this.changes.fire(configured);
  }
}

export function configureParams(
  settings: Settings,
  folders: readonly string[],
  credentials: Credentials | null,
  paused: boolean,
): MirrorConfigureParams {
  return {
    folders,
    destination: {
      url: settings.destinationUrl,
      endpointUrl: settings.s3Endpoint,
      region: settings.s3Region,
      profile: settings.s3Profile,
      credentials,
    },
    enabled: !paused,
    intervalMs: settings.intervalMs,
    redact: settings.redact,
    autoCompact: settings.autoCompact,
    homes: settings.homes,
    ignoredAgents: settings.ignoredAgents,
  };
}
