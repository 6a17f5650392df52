/** All replay tabs: opens, reveals, and restores them after a window reload. */

import * as vscode from "vscode";
import type { ReplayTarget } from "../shared/messages";
import { isPageState, type SavedPosition } from "../shared/pageState";
import type { ReplayDeps } from "./deps";
import { ReplayPanel, WEBVIEW_OPTIONS } from "./panel";
import { ReplaySession } from "./replaySession";

export const REPLAY_VIEW_TYPE = "sessionMirror.replay";

function keyOf(target: ReplayTarget): string {
  return JSON.stringify([target.harness, target.sessionId, target.origin]);
}

export class ReplayPanels {
  /** In the order in which they came; a session may have several. */
  readonly #panels = new Set<ReplayPanel>();
  readonly #serializer: vscode.Disposable;

  constructor(private readonly deps: ReplayDeps) {
    this.#serializer = vscode.window.registerWebviewPanelSerializer(REPLAY_VIEW_TYPE, {
      deserializeWebviewPanel: async (panel, state) => this.#restore(panel, state),
    });
  }

  /** The target of the tab that the reader is in. */
  get active(): ReplayTarget | undefined {
    return [...this.#panels].find((panel) => panel.isActive)?.target;
  }

  /**
   * Shows the session in an editor tab, the one it already has if there is one, at a line of its stream if one is given.
   * Resolves when it is open or has failed to; rejects only where it has no such line.
   */
  async open(target: ReplayTarget, line: number | null = null): Promise<void> {
    const existing = this.#showing(target);
    existing?.reveal();
    await this.#ready(existing ?? this.#create(target, vscode.ViewColumn.Active), line);
  }

  /** Shows a moment of the session, in a tab that has it already wherever that one took it from. */
  async openMoment(target: ReplayTarget, line: number | null): Promise<void> {
    const isSame = (panel: ReplayPanel) =>
      panel.target.harness === target.harness &&
      panel.target.sessionId === target.sessionId &&
      panel.target.origin !== "file";
    const existing = this.#showing(target) ?? [...this.#panels].findLast(isSame);
    await this.open(existing?.target ?? target, line);
  }

  /** Shows the session in another tab, beside the one that the reader is in. */
  async openBeside(target: ReplayTarget): Promise<void> {
    await this.#ready(this.#create(target, vscode.ViewColumn.Beside), null);
  }

  /** Runs with the session of a tab that shows the target, else with one that is opened for it. */
  async withSession<T>(target: ReplayTarget, run: (session: ReplaySession) => Promise<T>): Promise<T> {
    const existing = this.#showing(target)?.session;
    if (existing !== undefined) {
      return run(existing);
    }
    const { helper, openedFiles } = this.deps;
    const session = new ReplaySession(helper, target, () => undefined, { path: openedFiles.pathOf(target) });
    try {
      return await run(session);
    } finally {
      session.dispose();
    }
  }

  /** Lets go of the sessions but leaves the tabs: a window reload restores them. */
  dispose(): void {
    this.#serializer.dispose();
    for (const panel of this.#panels) {
      panel.dispose();
    }
    this.#panels.clear();
  }

  #showing(target: ReplayTarget): ReplayPanel | undefined {
    const showing = [...this.#panels].filter((panel) => keyOf(panel.target) === keyOf(target));
    return showing.find((panel) => panel.isActive) ?? showing.at(-1);
  }

  async #ready(panel: ReplayPanel, line: number | null): Promise<void> {
    await panel.open();
    if (line !== null) {
      await panel.goTo(line);
    }
  }

  #create(target: ReplayTarget, column: vscode.ViewColumn): ReplayPanel {
    const options = WEBVIEW_OPTIONS;
    return this.#adopt(vscode.window.createWebviewPanel(REPLAY_VIEW_TYPE, target.title, column, options), target);
  }

  #restore(panel: vscode.WebviewPanel, state: unknown): void {
    if (!isPageState(state)) {
      this.deps.log.info("A replay tab was closed: its page had left nothing to restore it from.");
      panel.dispose();
      return;
    }
    void this.#adopt(panel, state.target, state.position).open();
  }

  #adopt(panel: vscode.WebviewPanel, target: ReplayTarget, position?: SavedPosition): ReplayPanel {
    const adopted = new ReplayPanel(
      this.deps,
      panel,
      target,
      (gone) => this.#panels.delete(gone),
      async (other) => {
        await this.open(other);
        return this.#showing(other)?.session ?? Promise.reject(new Error("The tab was closed."));
      },
      position,
    );
    this.#panels.add(adopted);
    return adopted;
  }
}
