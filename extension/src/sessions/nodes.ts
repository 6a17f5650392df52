/** What the tree consists of. The editor knows a node by its object. */

import type { HistoryEntry, SessionSummary } from "../protocol/messages";
import type { Member } from "./family";
import type { Stream } from "./words";

export interface SessionNode {
  readonly kind: "session";
  readonly section: "workspace" | "others";
  readonly id: string;
  session: SessionSummary;
  /** What it stands below; `undefined` at the top. */
  above: SessionNode | AgentNode | OthersNode | undefined;
  /** Its sub-agents. */
  children: readonly Member[];
}

/** The sessions of one agent, when they are grouped. */
export interface AgentNode {
  readonly kind: "agent";
  readonly harness: string;
  members: readonly Member[];
}

/** An earlier generation of the session above it. */
export interface PastNode {
  readonly kind: "past";
  readonly id: string;
  readonly parent: SessionNode;
  readonly entry: HistoryEntry;
}

export interface OthersNode {
  readonly kind: "others";
}

export interface MessageNode {
  readonly kind: "message";
  readonly text: string;
  readonly isProblem: boolean;
  /** The agent that it is about. */
  readonly harness?: string;
  /** What can be done about it. */
  readonly hint?: string;
}

export type TreeNode = SessionNode | AgentNode | PastNode | OthersNode | MessageNode;

export function isSessionNode(node: unknown): node is SessionNode {
  return isOfKind(node, "session");
}

function isPastNode(node: unknown): node is PastNode {
  return isOfKind(node, "past");
}

/** What the rows that can be replayed stand for. */
export function streamOf(node: unknown): Stream | undefined {
  if (isSessionNode(node)) {
    return node.session;
  }
  if (isPastNode(node)) {
    const { harness, title } = node.parent.session;
    const { sessionId, streamBytes } = node.entry;
    return { harness, sessionId, title, streamBytes };
  }
  return undefined;
}

function isOfKind(node: unknown, kind: TreeNode["kind"]): boolean {
  return typeof node === "object" && node !== null && "kind" in node && node.kind === kind;
}
