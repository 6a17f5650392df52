/** All replay tabs: opens, reveals, and restores them after a window reload. */

import * as vscode from "vscode";
import type { ReplayTarget } from "../shared/messages";
import { isPageState } from "../shared/pageState";
import type { ReplayDeps } from "./deps";
import { ReplayPanel, webviewOptions } from "./panel";

export const REPLAY_VIEW_TYPE = "sessionMirror.replay";

function keyOf(target: ReplayTarget): string {
  return JSON.stringify([target.harness, target.sessionId, target.origin]);
}

export class ReplayPanels {
  readonly #panels = new Map<string, ReplayPanel>();
  readonly #serializer: vscode.Disposable;

  constructor(private readonly deps: ReplayDeps) {
    this.#serializer = vscode.window.registerWebviewPanelSerializer(REPLAY_VIEW_TYPE, {
      deserializeWebviewPanel: async (panel, state) => this.#restore(panel, state),
    });
  }

  /** Shows the session in an editor tab, the one it already has if there is one. Resolves when it is open or has failed to. */
  async open(target: ReplayTarget): Promise<void> {
    const existing = this.#panels.get(keyOf(target));
    if (existing !== undefined) {
      existing.reveal();
      await existing.open();
      return;
    }
    const panel = vscode.window.createWebviewPanel(
      REPLAY_VIEW_TYPE,
      target.title,
      vscode.ViewColumn.Active,
      webviewOptions(this.deps.extensionUri),
    );
    await this.#adopt(panel, target).open();
  }

  /** Lets go of the sessions but leaves the tabs: a window reload restores them. */
  dispose(): void {
    this.#serializer.dispose();
    for (const panel of this.#panels.values()) {
      panel.dispose();
    }
    this.#panels.clear();
  }

  #restore(panel: vscode.WebviewPanel, state: unknown): void {
    if (!isPageState(state)) {
      this.deps.log.info("A replay tab was closed: its page had left nothing to restore it from.");
      panel.dispose();
      return;
    }
    if (this.#panels.has(keyOf(state.target))) {
      panel.dispose();
      return;
    }
    void this.#adopt(panel, state.target).open();
  }

  #adopt(panel: vscode.WebviewPanel, target: ReplayTarget): ReplayPanel {
    const key = keyOf(target);
    const adopted = new ReplayPanel(this.deps, panel, target, (gone) => {
      if (this.#panels.get(key) === gone) {
        this.#panels.delete(key);
      }
    });
    this.#panels.set(key, adopted);
    return adopted;
  }
}
