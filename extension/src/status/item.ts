/** The status bar item: gathers the facts, shows what they mean. */

import * as vscode from "vscode";
import type { HelperClient } from "../helper/client";
import type { MirrorConfiguration } from "../helper/configuration";
import { mirroredFolders } from "../host/folders";
import { Command } from "../host/ids";
import type { PauseHere } from "../host/pause";
import type { Health } from "../protocol/messages";
import { showMenu } from "./menu";
import { type Status, statusOf } from "./present";

const AGE_INTERVAL_MS = 60_000;

export interface StatusDeps {
  readonly client: HelperClient;
  readonly configuration: MirrorConfiguration;
  readonly pause: PauseHere;
  /** The machine's name, in a window that works on another one. */
  readonly machine: string | undefined;
}

export class MirrorStatus {
  private readonly item = vscode.window.createStatusBarItem("sessionMirror.status", vscode.StatusBarAlignment.Left, 0);
  private readonly disposables: vscode.Disposable[];
  private readonly ageTimer: NodeJS.Timeout;
  private health: Health | undefined;

  constructor(private readonly deps: StatusDeps) {
    const { client, configuration, pause } = deps;
    this.item.name = "Session Mirror";
    this.item.command = Command.showMenu;
    const refresh = () => this.refresh();
    this.disposables = [
      this.item,
      client.onFact("sessionMirror/mirror/didChangeHealth", (health) => this.setHealth(health)),
      client.onDidChangeState(() => this.onState()),
      configuration.onDidConfigure(refresh),
      pause.onDidChange(refresh),
      vscode.workspace.onDidChangeWorkspaceFolders(refresh),
    ];
    this.ageTimer = setInterval(refresh, AGE_INTERVAL_MS);
    this.refresh();
    this.item.show();
  }

  showMenu(): Promise<void> {
    const result = this.deps.configuration.current?.result;
    const destination = result === undefined ? undefined : result.isLocal ? "local" : "remote";
    return showMenu(this.status(), destination);
  }

  dispose(): void {
    clearInterval(this.ageTimer);
    vscode.Disposable.from(...this.disposables).dispose();
  }

  private onState(): void {
    if (this.deps.client.state.phase === "running") {
      void this.askHealth();
    } else {
      // What an ended helper said last is no longer known to be true.
      this.health = undefined;
    }
    this.refresh();
  }

  private async askHealth(): Promise<void> {
    try {
      this.setHealth(await this.deps.client.request("sessionMirror/mirror/health", {}));
    } catch {
      // The helper ended meanwhile, or will report its health by itself.
    }
  }

  private setHealth(health: Health): void {
    if (this.deps.client.state.phase !== "running") {
      return;
    }
    this.health = health;
    this.refresh();
  }

  private status(): Status {
    return statusOf({
      helper: this.deps.client.state,
      health: this.health,
      refusal: this.deps.configuration.current?.error,
      paused: this.deps.pause.paused,
      hasFolders: mirroredFolders().length > 0,
      machine: this.deps.machine,
      nowMs: Date.now(),
    });
  }

  private refresh(): void {
    const status = this.status();
    this.item.text = `$(${status.icon}) ${status.text}`;
    this.item.tooltip = tooltip(status);
    this.item.backgroundColor =
      status.severity === "none" ? undefined : new vscode.ThemeColor(`statusBarItem.${status.severity}Background`);
    this.item.accessibilityInformation = {
      label: `Session Mirror: ${status.text}. ${status.headline}`,
      role: "button",
    };
  }
}

function tooltip(status: Status): vscode.MarkdownString {
  const markdown = new vscode.MarkdownString();
  markdown.appendMarkdown("**Session Mirror**\n\n").appendText(status.headline).appendMarkdown("\n\n");
  for (const line of status.lines) {
    markdown.appendText(line).appendMarkdown("  \n");
  }
  return markdown;
}
