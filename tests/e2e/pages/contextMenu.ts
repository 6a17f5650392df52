import type { Locator, Page } from "@playwright/test";

/** Runs an entry of the menu that the editor opens on something. */
export async function chooseFromMenu(page: Page, on: Locator, entry: string): Promise<void> {
  await on.click({ button: "right" });
  const item = page.getByRole("menuitem", { name: entry });
  await item.hover();
  // A menu that has just opened does not take clicks yet.
  await item.press("Enter");
}
