/** The view around the tree: what it says beside the rows, and the context keys that its empty states look at. */

import * as vscode from "vscode";
import type { HelperSupervisor } from "../helper/supervisor";
import type { ContextKeys } from "../host/context";
import { View } from "../host/ids";
import { droppedFiles } from "./droppedFiles";
import type { SessionFeed } from "./feed";
import type { TreeNode } from "./nodes";
import type { SessionTree } from "./tree";

export class SessionView {
  readonly tree: vscode.TreeView<TreeNode>;
  private readonly disposables: vscode.Disposable[];

  constructor(
    private readonly client: HelperSupervisor,
    private readonly feed: SessionFeed,
    tree: SessionTree,
    private readonly contextKeys: ContextKeys,
  ) {
    this.tree = vscode.window.createTreeView(View.sessions, {
      ...{ treeDataProvider: tree, canSelectMany: true, dragAndDropController: droppedFiles },
    });
    this.disposables = [
      this.tree,
      this.tree.onDidChangeVisibility(() => this.startWhenSeen()),
      this.tree.onDidChangeSelection(() => tree.hold()),
      this.tree.onDidExpandElement(() => tree.hold()),
      this.tree.onDidCollapseElement(({ element }) => {
        tree.hold();
        tree.folded(element);
      }),
      feed.onDidChange(() => this.onList()),
    ];
    this.startWhenSeen();
  }

  dispose(): void {
    vscode.Disposable.from(...this.disposables).dispose();
  }

  /** While mirroring is paused nothing runs; who opens the view wants to see the sessions. */
  private startWhenSeen(): void {
    if (this.tree.visible) {
      this.client.start();
    }
  }

  private onList(): void {
    this.contextKeys.setListed(this.feed.sessions.length > 0);
    const { problem } = this.feed;
    const message = problem === null ? "" : `${problem.message} ${problem.hint}`.trim();
    if ((this.tree.message ?? "") !== message) {
      this.tree.message = message;
    }
  }
}
