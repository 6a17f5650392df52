import { expect, type Locator, type Page } from "@playwright/test";

const SHOWN_WITHIN_MS = 5000;

/** The command palette, and the boxes in its place that ask for something. */
export class Palette {
  readonly box: Locator;
  readonly input: Locator;
  readonly entries: Locator;

  constructor(private readonly page: Page) {
    this.box = page.locator(".quick-input-widget");
    this.input = this.box.locator("input:is([type=text], [type=password])").first();
    this.entries = this.box.getByRole("option");
  }

  /** Runs a command by its full title. */
  async run(title: string): Promise<void> {
    const timeout = SHOWN_WITHIN_MS;
    // A page that takes the focus just then closes the palette again.
    await expect(async () => {
      await this.page.keyboard.press("F1");
      await this.input.waitFor({ timeout });
      await this.input.fill(`>${title}`, { timeout });
      await this.entries.filter({ hasText: title }).first().click({ timeout });
    }).toPass();
  }

  /** Chooses everything in a list that takes several. */
  async pickAll(): Promise<void> {
    await this.box.getByRole("checkbox", { name: "Toggle all checkboxes" }).click();
    await this.input.press("Enter");
  }

  /** Chooses one entry of a list. */
  async choose(words: string): Promise<void> {
    await this.entries.filter({ hasText: words }).first().click();
  }

  /** Answers a box that asks for text; `asked` are words that the box shows, where several follow each other. */
  async answer(text: string, asked = ""): Promise<void> {
    await this.box.filter({ hasText: asked }).waitFor();
    await this.input.fill(text);
    await this.input.press("Enter");
  }
}
