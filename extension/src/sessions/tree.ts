/** The session tree: this workspace's sessions, and below them whatever else the bucket holds. */

import * as vscode from "vscode";
import { type HelperClient, HelperError } from "../helper/client";
import { Command } from "../host/ids";
import type { SessionSummary } from "../protocol/messages";
import type { SessionFeed } from "./feed";
import { changeBetween, idOf, newestFirst, type Shown } from "./model";
import { type Row, rowOf } from "./row";
import { Throttle } from "./throttle";

export interface SessionNode {
  readonly kind: "session";
  readonly section: "workspace" | "others";
  readonly id: string;
  session: SessionSummary;
}

interface OthersNode {
  readonly kind: "others";
}

interface MessageNode {
  readonly kind: "message";
  readonly text: string;
  readonly isProblem: boolean;
}

export type TreeNode = SessionNode | OthersNode | MessageNode;

const OTHERS: OthersNode = { kind: "others" };
/** Four times a second. */
const UPDATE_INTERVAL_MS = 250;
const AGE_INTERVAL_MS = 60_000;

export class SessionTree implements vscode.TreeDataProvider<TreeNode> {
  private readonly changes = new vscode.EventEmitter<TreeNode | TreeNode[] | undefined>();
  readonly onDidChangeTreeData = this.changes.event;
  private readonly nodes = new Map<string, SessionNode>();
  private shown: readonly Shown[] = [];
  /** An unchanged session looks the same for a minute; thousands of them need not be rendered to find out. */
  private readonly looks = new WeakMap<SessionSummary, { readonly minute: number; readonly shown: Shown }>();
  private showsOthers = false;
  private readonly throttle = new Throttle(UPDATE_INTERVAL_MS, () => this.update());
  private readonly ageTimer: NodeJS.Timeout;
  private readonly listening: vscode.Disposable;

  constructor(
    private readonly feed: SessionFeed,
    private readonly client: HelperClient,
    private readonly now: () => number = Date.now,
  ) {
    this.listening = feed.onDidChange(() => this.throttle.call());
    this.ageTimer = setInterval(() => this.throttle.call(), AGE_INTERVAL_MS);
  }

  /** Shows the group of other sessions even when this workspace has none. */
  browseBucket(): void {
    this.showsOthers = true;
    this.changes.fire(undefined);
  }

  /** Lists the other sessions anew. */
  reloadOthers(): void {
    if (this.hasOthers()) {
      this.changes.fire(OTHERS);
    }
  }

  getTreeItem(node: TreeNode): vscode.TreeItem {
    switch (node.kind) {
      case "session":
        return sessionItem(node, rowOf(node.session, this.now()));
      case "others":
        return othersItem(this.feed.sessions.length === 0);
      case "message":
        return messageItem(node);
    }
  }

  getChildren(parent?: TreeNode): TreeNode[] | Promise<TreeNode[]> {
    if (parent === undefined) {
      return this.roots();
    }
    return parent.kind === "others" ? this.others() : [];
  }

  getParent(node: TreeNode): TreeNode | undefined {
    return node.kind === "session" && node.section === "others" ? OTHERS : undefined;
  }

  dispose(): void {
    clearInterval(this.ageTimer);
    this.throttle.dispose();
    this.listening.dispose();
    this.changes.dispose();
  }

  /** With nothing of this workspace to show, the view's own empty state speaks. */
  private hasOthers(): boolean {
    return this.showsOthers || this.feed.sessions.length > 0;
  }

  private roots(): TreeNode[] {
    const sessions = this.feed.sessions;
    this.shown = this.fingerprints(sessions);
    const nodes: TreeNode[] = sessions.map((session) => this.node("workspace", session));
    return this.hasOthers() ? [...nodes, OTHERS] : nodes;
  }

  private async others(): Promise<TreeNode[]> {
    try {
      const result = await this.client.request("sessionMirror/sessions/list", { scope: "all" });
      const here = new Set(this.feed.sessions.map(idOf));
      const others = result.sessions.filter((session) => !here.has(idOf(session))).sort(newestFirst);
      const nodes: TreeNode[] = others.map((session) => this.node("others", session));
      if (result.problem !== null) {
        const text = `${result.problem.message} ${result.problem.hint}`.trim();
        return [{ kind: "message", text, isProblem: true }, ...nodes];
      }
      return nodes.length > 0 ? nodes : [{ kind: "message", text: vscode.l10n.t("None"), isProblem: false }];
    } catch (error) {
      const text = HelperError.is(error) ? error.message : vscode.l10n.t("The bucket could not be listed.");
      return [{ kind: "message", text, isProblem: true }];
    }
  }

  private update(): void {
    const sessions = this.feed.sessions;
    const shown = this.fingerprints(sessions);
    const change = changeBetween(this.shown, shown);
    if (change.reordered) {
      this.changes.fire(undefined);
      return;
    }
    this.shown = shown;
    const ids = new Set(change.changed);
    const changed = sessions.filter((session) => ids.has(idOf(session)));
    if (changed.length > 0) {
      this.changes.fire(changed.map((session) => this.node("workspace", session)));
    }
  }

  private fingerprints(sessions: readonly SessionSummary[]): Shown[] {
    const now = this.now();
    const minute = Math.floor(now / AGE_INTERVAL_MS);
    return sessions.map((session) => {
      const last = this.looks.get(session);
      if (last?.minute === minute) {
        return last.shown;
      }
      const shown = { id: idOf(session), fingerprint: JSON.stringify(rowOf(session, now)) };
      this.looks.set(session, { minute, shown });
      return shown;
    });
  }

  /** The editor knows a row by its object: the same session is always the same one. */
  private node(section: SessionNode["section"], session: SessionSummary): SessionNode {
    const id = section === "workspace" ? idOf(session) : `others/${idOf(session)}`;
    const known = this.nodes.get(id);
    if (known !== undefined) {
      known.session = session;
      return known;
    }
    const node: SessionNode = { kind: "session", section, id, session };
    this.nodes.set(id, node);
    return node;
  }
}

function sessionItem(node: SessionNode, row: Row): vscode.TreeItem {
  const item = new vscode.TreeItem(row.shortLabel, vscode.TreeItemCollapsibleState.None);
  item.id = node.id;
  item.description = row.description;
  item.tooltip = tooltip(row);
  item.contextValue = row.contextValue;
  item.iconPath = new vscode.ThemeIcon(
    row.icon,
    row.color === undefined ? undefined : new vscode.ThemeColor(row.color),
  );
  item.accessibilityInformation = { label: row.accessibleLabel };
  item.command = { command: Command.openReplay, title: vscode.l10n.t("Open Replay"), arguments: [node] };
  return item;
}

function othersItem(expanded: boolean): vscode.TreeItem {
  const { Expanded, Collapsed } = vscode.TreeItemCollapsibleState;
  const item = new vscode.TreeItem(vscode.l10n.t("Other sessions in the bucket"), expanded ? Expanded : Collapsed);
  item.id = "others";
  item.contextValue = "others";
  item.iconPath = new vscode.ThemeIcon("cloud");
  return item;
}

function messageItem(node: MessageNode): vscode.TreeItem {
  const item = new vscode.TreeItem(node.text);
  item.contextValue = "message";
  item.tooltip = node.text;
  item.iconPath = new vscode.ThemeIcon(node.isProblem ? "warning" : "info");
  return item;
}

/** Titles and paths come from outside: everything is appended as text, and nothing in it can be a link or a command. */
function tooltip(row: Row): vscode.MarkdownString {
  const markdown = new vscode.MarkdownString();
  markdown.appendMarkdown("**").appendText(row.label).appendMarkdown("**\n\n");
  for (const detail of row.details) {
    markdown.appendText(`${detail.name}: ${detail.value}`).appendMarkdown("  \n");
  }
  return markdown;
}
