import type { FrameLocator, Locator, Page } from "@playwright/test";

/** The replay in its editor tab; editors put a page into a frame inside a frame. */
export class ReplayTab {
  readonly frame: FrameLocator;
  readonly title: Locator;
  readonly feed: Locator;
  readonly events: Locator;
  readonly facts: Locator;
  readonly liveBadge: Locator;
  readonly ending: Locator;

  constructor(page: Page) {
    this.frame = page.frameLocator("iframe.webview").frameLocator("iframe#active-frame");
    this.title = this.frame.getByRole("heading", { level: 1 });
    this.feed = this.frame.getByRole("feed");
    this.events = this.feed.getByRole("article");
    this.facts = this.frame.locator(".facts");
    this.liveBadge = this.frame.locator(".badge-live");
    this.ending = this.frame.locator(".ending");
  }

  /** How many records the header counts. */
  async recordCount(): Promise<number> {
    const text = await this.facts
      .getByRole("listitem")
      .filter({ hasText: /records?$/ })
      .textContent();
    return Number(text?.replaceAll(/\D/g, ""));
  }
}
