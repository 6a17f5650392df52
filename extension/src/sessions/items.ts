/** How the editor shows each node of the tree. */

import * as vscode from "vscode";
import { Command } from "../host/ids";
import type { MessageNode, PastNode, SessionNode } from "./nodes";
import { pastRowOf } from "./pastRow";
import { type Detail, type Look, rowOf } from "./row";

const { None, Collapsed, Expanded } = vscode.TreeItemCollapsibleState;

export function sessionItem(node: SessionNode, nowMs: number, hasPrices: boolean): vscode.TreeItem {
  const row = rowOf(node.session, nowMs, hasPrices);
  const item = new vscode.TreeItem(row.shortLabel, row.hasHistory ? Collapsed : None);
  item.id = node.id;
  item.description = row.description;
  item.tooltip = tooltip(row.label, row.details);
  item.contextValue = row.contextValue;
  item.iconPath = themeIcon(row);
  item.accessibilityInformation = { label: row.accessibleLabel };
  item.command = { command: Command.openReplay, title: vscode.l10n.t("Open Replay"), arguments: [node] };
  return item;
}

export function pastItem(node: PastNode, nowMs: number): vscode.TreeItem {
  const row = pastRowOf(node.entry, nowMs);
  const item = new vscode.TreeItem(row.label, None);
  item.id = node.id;
  item.description = row.description;
  item.tooltip = tooltip(row.label, row.details);
  item.contextValue = row.contextValue;
  item.iconPath = themeIcon(row);
  item.accessibilityInformation = { label: row.accessibleLabel };
  item.command = { command: Command.openReplay, title: vscode.l10n.t("Open Replay"), arguments: [node] };
  return item;
}

export function othersItem(expanded: boolean): vscode.TreeItem {
  const item = new vscode.TreeItem(vscode.l10n.t("Other sessions in the bucket"), expanded ? Expanded : Collapsed);
  item.id = "others";
  item.contextValue = "others";
  item.iconPath = new vscode.ThemeIcon("cloud");
  return item;
}

export function messageItem(node: MessageNode): vscode.TreeItem {
  const item = new vscode.TreeItem(node.text);
  item.contextValue = "message";
  item.tooltip = node.text;
  item.iconPath = new vscode.ThemeIcon(node.isProblem ? "warning" : "info");
  return item;
}

function themeIcon({ icon, color }: Look): vscode.ThemeIcon {
  return new vscode.ThemeIcon(icon, color === undefined ? undefined : new vscode.ThemeColor(color));
}

/** Titles and paths come from outside: everything is appended as text, and nothing in it can be a link or a command. */
function tooltip(label: string, details: readonly Detail[]): vscode.MarkdownString {
  const markdown = new vscode.MarkdownString();
  markdown.appendMarkdown("**").appendText(label).appendMarkdown("**\n\n");
  for (const detail of details) {
    markdown.appendText(`${detail.name}: ${detail.value}`).appendMarkdown("  \n");
  }
  return markdown;
}
