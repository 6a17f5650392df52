/** How the editor shows each node of the tree. */

import * as vscode from "vscode";
import { agentName } from "../host/agents";
import { oneLine } from "../host/format";
import { Command } from "../host/ids";
import { type Badge, WARNING } from "./badges";
import { everyoneIn } from "./family";
import type { AgentNode, MessageNode, PastNode, SessionNode } from "./nodes";
import { type PastRow, pastRowOf } from "./pastRow";
import { type Inks, ON_DARK, ON_LIGHT, pictureOf } from "./picture";
import { type Detail, type Look, rowOf } from "./row";

const { None, Collapsed, Expanded } = vscode.TreeItemCollapsibleState;

export function sessionItem(node: SessionNode, nowMs: number, hasPrices: boolean): vscode.TreeItem {
  const { session, children } = node;
  const place = { isNested: node.above?.kind === "session", isGrouped: node.above?.kind === "agent" };
  const row = rowOf(session, nowMs, { hasPrices, ...place, subAgents: children.flatMap(everyoneIn) });
  const item = replayable(node, row, row.shortLabel, row.hasChildren ? Collapsed : None);
  item.iconPath = picture(session.harness, row.badge);
  return item;
}

export function pastItem(node: PastNode, nowMs: number): vscode.TreeItem {
  const row = pastRowOf(node.entry, nowMs);
  const item = replayable(node, row, row.label, None);
  item.iconPath = themeIcon(row);
  return item;
}

export function agentItem({ harness, members }: AgentNode): vscode.TreeItem {
  const item = new vscode.TreeItem(agentName(harness), Expanded);
  item.id = `agent/${harness}`;
  item.contextValue = "agent";
  // What another agent drives is that one's work, and counted there.
  item.description = String(members.filter(({ session }) => session.drivenBy === null).length);
  item.iconPath = picture(harness);
  return item;
}

export function othersItem(expanded: boolean): vscode.TreeItem {
  const item = new vscode.TreeItem(vscode.l10n.t("Other sessions in the bucket"), expanded ? Expanded : Collapsed);
  item.id = "others";
  item.contextValue = "others";
  item.iconPath = new vscode.ThemeIcon("cloud");
  return item;
}

export function messageItem({ text, hint, isProblem, harness }: MessageNode): vscode.TreeItem {
  const words = [text, hint ?? ""].map((each) => oneLine(each, 300)).filter((each) => each !== "");
  const item = new vscode.TreeItem(words[0] ?? "");
  item.contextValue = "message";
  item.tooltip = words.join("\n");
  const icon = new vscode.ThemeIcon(isProblem ? "warning" : "info");
  item.iconPath = harness === undefined ? icon : picture(harness, WARNING);
  return item;
}

function picture(harness: string, badge?: Badge): { light: vscode.Uri; dark: vscode.Uri } {
  const drawn = (inks: Inks) => {
    const svg = Buffer.from(pictureOf(harness, inks, badge)).toString("base64");
    return vscode.Uri.parse(`data:image/svg+xml;base64,${svg}`);
  };
  return { light: drawn(ON_LIGHT), dark: drawn(ON_DARK) };
}

/** A stream that a click replays. */
function replayable(
  node: SessionNode | PastNode,
  row: PastRow,
  label: string,
  state: vscode.TreeItemCollapsibleState,
): vscode.TreeItem {
  const item = new vscode.TreeItem(label, state);
  item.id = node.id;
  item.description = row.description;
  item.tooltip = tooltip(row.label, row.details);
  item.contextValue = row.contextValue;
  item.accessibilityInformation = { label: row.accessibleLabel };
  item.command = { command: Command.openReplay, title: vscode.l10n.t("Open Replay"), arguments: [node] };
  return item;
}

function themeIcon({ icon, color }: Look): vscode.ThemeIcon {
  return new vscode.ThemeIcon(icon, color === undefined ? undefined : new vscode.ThemeColor(color));
}

/** Titles and paths come from outside: all of it is text, and nothing in it can be a link or a command. */
function tooltip(label: string, details: readonly Detail[]): vscode.MarkdownString {
  const markdown = new vscode.MarkdownString();
  markdown.appendMarkdown(`**${plain(label)}**\n\n`);
  for (const detail of details) {
    markdown.appendMarkdown(`${plain(`${detail.name}: ${detail.value}`)}  \n`);
  }
  return markdown;
}

/** Text as Markdown that shows it. `appendText` leaves bare addresses alone, and Markdown makes links of them. */
function plain(text: string): string {
  const escaped = new vscode.MarkdownString().appendText(text).value;
  return escaped
    .replaceAll("://", "&#58;//")
    .replaceAll("@", "&#64;")
    .replaceAll(/www(?=\\?\.)/giu, "$&&#8203;");
}
