import { expect, type Locator, type Page } from "@playwright/test";

const SHOWN_WITHIN_MS = 3000;

/** Runs an entry of the menu that the editor opens on something. */
export async function chooseFromMenu(page: Page, on: Locator, entry: string): Promise<void> {
  const item = page.getByRole("menuitem", { name: entry });
  // A page that takes the focus just then closes the menu again.
  await expect(async () => {
    await on.click({ button: "right", timeout: SHOWN_WITHIN_MS });
    await item.hover({ timeout: SHOWN_WITHIN_MS });
  }).toPass();
  // A menu that has just opened does not take clicks yet.
  await item.press("Enter");
}
