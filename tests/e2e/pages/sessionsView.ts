import type { Locator, Page } from "@playwright/test";

/** The session tree in its activity bar container. */
export class SessionsView {
  readonly rows: Locator;

  constructor(private readonly page: Page) {
    this.rows = page.getByRole("tree", { name: /Sessions/ }).getByRole("treeitem");
  }

  async open(): Promise<void> {
    const tab = this.page.getByRole("tab", { name: /^Session Mirror/ }).first();
    await tab.waitFor();
    if ((await tab.getAttribute("aria-selected")) !== "true") {
      await tab.click();
    }
  }

  row(text: string | RegExp): Locator {
    return this.rows.filter({ hasText: text }).first();
  }

  /** The first row that is a session, not a group. */
  get newest(): Locator {
    return this.rows.first();
  }
}
