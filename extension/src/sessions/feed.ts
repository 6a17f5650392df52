/** Keeps the list of this workspace's sessions as the helper knows it. */

import * as vscode from "vscode";
import { type HelperClient, HelperError } from "../helper/client";
import type { MirrorConfiguration } from "../helper/configuration";
import type { Finding, Problem, SessionSummary } from "../protocol/messages";
import { inFamilyOrder } from "./family";
import { SessionModel } from "./model";

export class SessionFeed {
  private readonly model = new SessionModel();
  private readonly changes = new vscode.EventEmitter<void>();
  readonly onDidChange = this.changes.event;
  private readonly disposables: vscode.Disposable[];
  private listing: Promise<void> | undefined;
  private again = false;
  private arrived = false;
  private lastProblem: Problem | null = null;
  private lastFindings: readonly Finding[] = [];
  private inOrder: readonly SessionSummary[] | undefined;

  constructor(
    private readonly client: HelperClient,
    private readonly configuration: MirrorConfiguration,
    private readonly log: vscode.LogOutputChannel,
  ) {
    this.disposables = [
      client.onDidChangeState((state) => {
        if (state.phase === "running") {
          void this.refresh();
        }
      }),
      configuration.onDidConfigure(() => {
        if (client.state.phase === "running") {
          void this.refresh();
        }
      }),
      client.onFact("sessionMirror/sessions/didChange", ({ changed, removed }) => {
        this.model.apply(changed, removed);
        this.changed();
      }),
      client.onFact("sessionMirror/mirror/didChangeHealth", ({ findings }) => {
        if (JSON.stringify(findings) !== JSON.stringify(this.lastFindings)) {
          this.lastFindings = findings;
          this.changed();
        }
      }),
    ];
  }

  /** Newest first, each followed by its sub-agents. */
  get sessions(): readonly SessionSummary[] {
    this.inOrder ??= inFamilyOrder(this.model.all());
    return this.inOrder;
  }

  /** What looking for sessions came upon and did not understand. */
  get findings(): readonly Finding[] {
    return this.lastFindings;
  }

  /** A listing has arrived: an empty list means that there are none. */
  get listed(): boolean {
    return this.arrived;
  }

  /** Why the bucket's part of the list may be missing. */
  get problem(): Problem | null {
    return this.lastProblem;
  }

  /** The bucket is one that is paid for as Amazon S3 is. */
  get hasPrices(): boolean {
    return this.configuration.current?.result?.destinationUrl.startsWith("s3:") ?? false;
  }

  /** One listing at a time; asked for again meanwhile, one more follows. Never rejects. */
  async refresh(): Promise<void> {
    if (this.listing !== undefined) {
      this.again = true;
      return this.listing;
    }
    this.listing = this.list();
    await this.listing;
  }

  dispose(): void {
    vscode.Disposable.from(...this.disposables).dispose();
    this.changes.dispose();
  }

  private changed(): void {
    this.inOrder = undefined;
    this.changes.fire();
  }

  private async list(): Promise<void> {
    try {
      do {
        this.again = false;
        const result = await this.client.request("sessionMirror/sessions/list", { scope: "workspace" });
        this.model.replace(result.sessions);
        this.lastProblem = result.problem;
        this.arrived = true;
        this.changed();
      } while (this.again);
    } catch (error) {
      // The last list stays; a helper that comes back is asked again.
      this.log.warn("Listing the sessions failed", HelperError.is(error) ? error.message : String(error));
    } finally {
      this.listing = undefined;
    }
  }
}
