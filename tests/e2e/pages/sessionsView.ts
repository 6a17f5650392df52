import type { Locator, Page } from "@playwright/test";

const OTHERS = "Other sessions in the bucket";

/** The session tree in its activity bar container. */
export class SessionsView {
  readonly rows: Locator;
  /** What an empty tree says. */
  readonly welcome: Locator;

  constructor(private readonly page: Page) {
    this.welcome = page.locator(".welcome-view-content").first();
    this.rows = page
      .getByRole("tree", { name: /Sessions/ })
      .getByRole("treeitem")
      .filter({ hasNotText: OTHERS });
  }

  async open(): Promise<void> {
    const tab = this.page.getByRole("tab", { name: /^Session Mirror/ }).first();
    await tab.waitFor();
    if ((await tab.getAttribute("aria-selected")) !== "true") {
      await tab.click();
    }
  }

  get newest(): Locator {
    return this.rows.first();
  }

  /** Waits until the newest session has come to rest, and clicks it: the editor forgets a click on a row that changes. */
  async clickNewest(state: "mirrored" | "live" | "in the bucket"): Promise<void> {
    await this.newest.filter({ hasText: new RegExp(`· ${state}$`) }).click();
  }

  /** The size that the newest session's row tells, in bytes; 0 while it tells none. */
  async size(): Promise<number> {
    const [, amount, unit = "B"] = /([\d.,]+) ([kKMG]?i?B)\b/.exec((await this.newest.textContent()) ?? "") ?? [];
    const factor = { b: 1, k: 1e3, m: 1e6, g: 1e9 }[unit.charAt(0).toLowerCase()] ?? 1;
    return Number(amount?.replaceAll(",", "") ?? 0) * factor;
  }
}
