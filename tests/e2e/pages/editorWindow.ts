// One window of the editor. Nothing here knows how it is served.

import { expect, type Page } from "@playwright/test";
import { Palette } from "./palette";
import { ReplayTab } from "./replayTab";
import { SessionsView } from "./sessionsView";
import { StatusItem } from "./statusItem";

const LOAD_LIMIT_MS = 90_000;

export class EditorWindow {
  readonly status: StatusItem;
  readonly sessions: SessionsView;
  readonly replay: ReplayTab;
  readonly palette: Palette;

  constructor(
    readonly page: Page,
    private readonly url: string,
    /** Where a picture of that name is to be left; nowhere unless told. */
    private readonly placeOf: ((name: string) => string) | false,
  ) {
    this.status = new StatusItem(page);
    this.sessions = new SessionsView(page);
    this.replay = new ReplayTab(page);
    this.palette = new Palette(page);
  }

  async load(): Promise<void> {
    await this.page.goto(this.url);
    await this.ready();
  }

  async reload(): Promise<void> {
    const loaded = this.page.waitForEvent("load", { timeout: LOAD_LIMIT_MS });
    await this.palette.run("Developer: Reload Window");
    await loaded;
    await this.ready();
  }

  /** Leaves a picture for who wants to see what the test sees. */
  async look(name: string): Promise<void> {
    if (this.placeOf !== false) {
      await this.page.screenshot({ path: this.placeOf(`${name}.png`) });
    }
  }

  /** Gives the keyboard to the tree of sessions. */
  async focusSessions(): Promise<void> {
    await this.palette.run("Session Mirror: Focus on Sessions View");
    await expect(this.sessions.tree).toBeFocused();
  }

  close(): Promise<void> {
    return this.page.close({ runBeforeUnload: true });
  }

  /** A modal question. */
  get dialog() {
    return this.page.locator(".monaco-dialog-box");
  }

  notification(text: string | RegExp) {
    return this.page.locator(".notification-list-item, .notification-toast").filter({ hasText: text }).first();
  }

  /** What the shown output channel says. */
  get log() {
    return this.page.locator(".part.panel .view-lines");
  }

  /** The colour behind an editor's text. */
  editorBackground(): Promise<string> {
    return this.page
      .locator(".editor-group-container")
      .first()
      .evaluate((group) => {
        const probe = document.createElement("div");
        probe.style.backgroundColor = "var(--vscode-editor-background)";
        group.append(probe);
        const color = getComputedStyle(probe).backgroundColor;
        probe.remove();
        return color;
      });
  }

  private async ready(): Promise<void> {
    const workbench = this.page.locator(".monaco-workbench");
    await workbench.waitFor({ timeout: LOAD_LIMIT_MS });
    await this.page.locator(".statusbar").waitFor({ timeout: LOAD_LIMIT_MS });
  }
}
