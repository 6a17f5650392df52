import { expect, type Locator, type Page } from "@playwright/test";

const SHOWN_WITHIN_MS = 5000;

/** Session Mirror's item in the status bar. */
export class StatusItem {
  readonly item: Locator;
  /** The tooltip, once `hover` was called. */
  readonly tooltip: Locator;

  constructor(private readonly page: Page) {
    this.item = page.locator('.statusbar-item[id$="sessionMirror.status"]');
    this.tooltip = page.locator(".monaco-hover").filter({ hasText: "Session Mirror" }).first();
  }

  async hover(): Promise<void> {
    // An item that tells something new just then hides its tooltip.
    await expect(async () => {
      await this.page.mouse.move(0, 0);
      await this.item.hover();
      await this.tooltip.waitFor({ timeout: SHOWN_WITHIN_MS });
    }).toPass();
  }

  click(): Promise<void> {
    return this.item.locator("a, .statusbar-item-label").first().click();
  }
}
