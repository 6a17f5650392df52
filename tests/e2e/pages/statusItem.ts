import type { Locator, Page } from "@playwright/test";

/** Session Mirror's item in the status bar. */
export class StatusItem {
  readonly item: Locator;
  /** The tooltip, once `hover` was called. */
  readonly tooltip: Locator;

  constructor(page: Page) {
    this.item = page.locator('.statusbar-item[id$="sessionMirror.status"]');
    this.tooltip = page.locator(".monaco-hover").filter({ hasText: "Session Mirror" }).first();
  }

  async hover(): Promise<void> {
    await this.item.hover();
    await this.tooltip.waitFor();
  }

  click(): Promise<void> {
    return this.item.locator("a, .statusbar-item-label").first().click();
  }
}
