/** The session tree: this workspace's sessions with their histories, and below them whatever else the bucket holds. */

import * as vscode from "vscode";
import { type HelperClient, HelperError } from "../helper/client";
import type { SessionListResult, SessionSummary } from "../protocol/messages";
import { everyoneIn, familiesOf, inFamilyOrder, type Member } from "./family";
import type { SessionFeed } from "./feed";
import type { Grouping } from "./grouping";
import { agentItem, messageItem, othersItem, pastItem, sessionItem } from "./items";
import { changeBetween, idOf, type Shown } from "./model";
import type { AgentNode, OthersNode, SessionNode, TreeNode } from "./nodes";
import { groupsOf, type Line, linesOf } from "./outline";
import { rowOf } from "./row";
import { SteadyList } from "./steady";
import { Throttle } from "./throttle";

const OTHERS: OthersNode = { kind: "others" };
/** Four times a second. */
const UPDATE_INTERVAL_MS = 250;
const AGE_INTERVAL_MS = 60_000;

interface History {
  readonly edition: string;
  readonly nodes: Promise<TreeNode[]>;
}

/** What a row was made from, and what came of it. */
interface Look {
  readonly minute: number;
  readonly subAgents: readonly SessionSummary[];
  readonly shown: Shown;
}

export class SessionTree implements vscode.TreeDataProvider<TreeNode> {
  private readonly changes = new vscode.EventEmitter<TreeNode | TreeNode[] | undefined>();
  readonly onDidChangeTreeData = this.changes.event;
  private readonly nodes = new Map<string, SessionNode>();
  private readonly groups = new Map<string, AgentNode>();
  private readonly steady = new SteadyList();
  private shown: readonly Shown[] = [];
  /** An unchanged session looks the same for a minute; thousands of them need not be rendered to find out. */
  private readonly looks = new WeakMap<SessionSummary, Look>();
  private showsOthers = false;
  /** The editor asks for children whenever something is drawn anew; the bucket is not asked again for that. */
  private elsewhere: Promise<SessionListResult> | undefined;
  private readonly histories = new Map<string, History>();
  private readonly throttle = new Throttle(UPDATE_INTERVAL_MS, () => this.update());
  private readonly ageTimer: NodeJS.Timeout;
  private againTimer: NodeJS.Timeout | undefined;
  private readonly listening: vscode.Disposable;

  constructor(
    private readonly feed: SessionFeed,
    private readonly client: HelperClient,
    private readonly grouping: Grouping,
    private readonly now: () => number = Date.now,
  ) {
    this.listening = vscode.Disposable.from(
      feed.onDidChange(() => this.throttle.call()),
      grouping.onDidChange(() => this.changes.fire(undefined)),
    );
    this.ageTimer = setInterval(() => this.throttle.call(), AGE_INTERVAL_MS);
  }

  /** Shows the group of other sessions even when this workspace has none. */
  browseBucket(): void {
    this.showsOthers = true;
    this.reload();
  }

  /** Asks the bucket anew for all that is shown of it. */
  reload(): void {
    this.elsewhere = undefined;
    this.histories.clear();
    this.changes.fire(undefined);
  }

  /** The user does something with the rows: they stay where they are for a while. */
  hold(): void {
    this.steady.hold(this.now());
  }

  /** What was folded is asked for anew when it is opened again. */
  folded(node: TreeNode): void {
    if (node.kind === "others") {
      this.elsewhere = undefined;
    } else if (node.kind === "session") {
      this.histories.delete(node.id);
    }
  }

  getTreeItem(node: TreeNode): vscode.TreeItem {
    switch (node.kind) {
      case "session":
        return sessionItem(node, this.now(), this.feed.hasPrices);
      case "past":
        return pastItem(node, this.now());
      case "agent":
        return agentItem(node);
      case "others":
        return othersItem(this.feed.sessions.length === 0);
      case "message":
        return messageItem(node);
    }
  }

  getChildren(parent?: TreeNode): TreeNode[] | Promise<TreeNode[]> {
    switch (parent?.kind) {
      case undefined:
        return this.roots();
      case "others":
        return this.others();
      case "agent":
        return parent.members.map((member) => this.node("workspace", member, parent));
      case "session":
        return this.below(parent);
      default:
        return [];
    }
  }

  getParent(node: TreeNode): TreeNode | undefined {
    if (node.kind === "past") {
      return node.parent;
    }
    return node.kind === "session" ? node.above : undefined;
  }

  dispose(): void {
    clearInterval(this.ageTimer);
    clearTimeout(this.againTimer);
    this.throttle.dispose();
    this.listening.dispose();
    this.changes.dispose();
  }

  /** With nothing of this workspace to show, the view's own empty state speaks. */
  private hasOthers(): boolean {
    return this.showsOthers || this.feed.sessions.length > 0 || this.feed.findings.length > 0;
  }

  private roots(): TreeNode[] {
    const families = familiesOf(this.calm());
    this.shown = this.fingerprints(families);
    const sessions = this.grouping.isOn
      ? groupsOf(families).map(({ harness, members }) => this.group(harness, members))
      : families.map((member) => this.node("workspace", member, undefined));
    const findings = this.feed.findings.map(({ harness, problem }): TreeNode => {
      return { kind: "message", text: problem.message, hint: problem.hint, isProblem: true, harness };
    });
    return [...findings, ...sessions, ...(this.hasOthers() ? [OTHERS] : [])];
  }

  private async others(): Promise<TreeNode[]> {
    this.elsewhere ??= this.client.request("sessionMirror/sessions/list", { scope: "all" });
    try {
      const result = await this.elsewhere;
      const here = new Set(this.feed.sessions.map(idOf));
      const others = inFamilyOrder(result.sessions.filter((session) => !here.has(idOf(session))));
      const nodes: TreeNode[] = familiesOf(others).map((member) => this.node("others", member, OTHERS));
      if (result.problem !== null) {
        this.elsewhere = undefined;
        return [problemNode(`${result.problem.message} ${result.problem.hint}`.trim()), ...nodes];
      }
      return nodes.length > 0 ? nodes : [{ kind: "message", text: vscode.l10n.t("None"), isProblem: false }];
    } catch (error) {
      this.elsewhere = undefined;
      return [problemNode(HelperError.is(error) ? error.message : vscode.l10n.t("The bucket could not be listed."))];
    }
  }

  /** A session's sub-agents, then its past. */
  private below(node: SessionNode): TreeNode[] | Promise<TreeNode[]> {
    const subAgents = node.children.map((member) => this.node(node.section, member, node));
    if (node.session.historyCount === 0 && subAgents.length > 0) {
      return subAgents;
    }
    return this.history(node).then((past) => [...subAgents, ...past]);
  }

  private history(node: SessionNode): Promise<TreeNode[]> {
    const edition = editionOf(node.session);
    const known = this.histories.get(node.id);
    if (known?.edition === edition) {
      return known.nodes;
    }
    const nodes = this.pastOf(node);
    this.histories.set(node.id, { edition, nodes });
    return nodes;
  }

  private async pastOf(parent: SessionNode): Promise<TreeNode[]> {
    const { harness, sessionId } = parent.session;
    try {
      const { entries } = await this.client.request("sessionMirror/sessions/history", { harness, sessionId });
      return entries.length === 0
        ? [{ kind: "message", text: vscode.l10n.t("Nothing earlier is in the bucket."), isProblem: false }]
        : entries.map((entry) => ({ kind: "past", id: `${parent.id}/${entry.sessionId}`, parent, entry }));
    } catch (error) {
      this.histories.delete(parent.id);
      return [problemNode(HelperError.is(error) ? error.message : vscode.l10n.t("The bucket could not be listed."))];
    }
  }

  private update(): void {
    const families = familiesOf(this.calm());
    const shown = this.fingerprints(families);
    const change = changeBetween(this.shown, shown);
    if (change.reordered) {
      this.changes.fire(undefined);
      return;
    }
    this.shown = shown;
    const paths = new Set(change.changed);
    const changed = this.lines(families).filter(({ path }) => paths.has(path));
    if (changed.length > 0) {
      this.changes.fire(changed.map(({ member }) => this.updated(member)));
    }
  }

  /** The sessions as they are shown; comes back for what was put off. */
  private calm(): readonly SessionSummary[] {
    const { sessions, againInMs } = this.steady.show(this.feed.sessions, this.now());
    clearTimeout(this.againTimer);
    this.againTimer = againInMs === undefined ? undefined : setTimeout(() => this.throttle.call(), againInMs);
    return sessions;
  }

  private lines(families: readonly Member[]): Line[] {
    return linesOf(families, this.grouping.isOn);
  }

  private fingerprints(families: readonly Member[]): Shown[] {
    const findings = this.feed.findings.map((finding) => ({ id: JSON.stringify(finding), fingerprint: "" }));
    return [...findings, ...this.lines(families).map((line) => this.fingerprint(line))];
  }

  private fingerprint({ path, member, isNested }: Line): Shown {
    const [session, ...subAgents] = everyoneIn(member);
    const now = this.now();
    const minute = Math.floor(now / AGE_INTERVAL_MS);
    const last = this.looks.get(session);
    if (last?.minute === minute && last.shown.id === path && isSame(last.subAgents, subAgents)) {
      return last.shown;
    }
    const row = rowOf(session, now, { isNested, isGrouped: this.grouping.isOn, subAgents });
    // What is below a row is asked for when the row is drawn anew.
    const shown = { id: path, fingerprint: JSON.stringify([row, editionOf(session)]) };
    this.looks.set(session, { minute, subAgents, shown });
    return shown;
  }

  /** The editor knows a row by its object: the same session is always the same one. */
  private node(section: SessionNode["section"], member: Member, above: SessionNode["above"]): SessionNode {
    const { session, children } = member;
    const id = section === "workspace" ? idOf(session) : `others/${idOf(session)}`;
    const node = this.nodes.get(id) ?? { kind: "session", section, id, session, above, children };
    this.nodes.set(id, Object.assign(node, { session, above, children }));
    return node;
  }

  /** The node of a workspace's session that stays where it is. */
  private updated(member: Member): SessionNode {
    return this.node("workspace", member, this.nodes.get(idOf(member.session))?.above);
  }

  private group(harness: string, members: readonly Member[]): AgentNode {
    const node = this.groups.get(harness) ?? { kind: "agent", harness, members };
    this.groups.set(harness, Object.assign(node, { members }));
    return node;
  }
}

function isSame<T>(a: readonly T[], b: readonly T[]): boolean {
  return a.length === b.length && a.every((item, i) => item === b[i]);
}

/** Differs when a session has another past. */
function editionOf({ generation, historyCount }: SessionSummary): string {
  return `${generation}/${historyCount}`;
}

function problemNode(text: string): TreeNode {
  return { kind: "message", text, isProblem: true };
}
