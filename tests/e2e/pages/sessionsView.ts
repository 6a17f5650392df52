import { expect, type Locator, type Page } from "@playwright/test";
import { chooseFromMenu } from "./contextMenu";

const SHOWN_WITHIN_MS = 5000;
const OTHERS = "Other sessions in the bucket";

/** The session tree in its activity bar container. */
export class SessionsView {
  readonly tree: Locator;
  readonly rows: Locator;
  /** What an empty tree says. */
  readonly welcome: Locator;

  constructor(private readonly page: Page) {
    this.welcome = page.locator(".welcome-view-content").first();
    this.tree = page.getByRole("tree", { name: /Sessions/ });
    this.rows = this.tree.getByRole("treeitem").filter({ hasNotText: OTHERS });
  }

  async open(): Promise<void> {
    const tab = this.page.getByRole("tab", { name: /^Session Mirror/ }).first();
    await tab.waitFor();
    if ((await tab.getAttribute("aria-selected")) !== "true") {
      await tab.click();
    }
  }

  /** Earlier generations of unfolded sessions. */
  get past(): Locator {
    return this.rows.filter({ hasText: /^Generation \d+/ });
  }

  get newest(): Locator {
    return this.rows.first();
  }

  /** Waits until the newest session is in a state, and clicks it. */
  async clickNewest(state: "mirrored" | "live" | "only in bucket"): Promise<void> {
    // What a live session wrote since its last upload shows as being mirrored, and is so again a moment later.
    const words = state === "live" ? "(live|mirroring)" : state;
    await this.newest.filter({ hasText: new RegExp(`${words} ·`) }).click();
  }

  /** Unfolds a row. */
  async unfold(row: Locator): Promise<void> {
    await row.and(this.page.locator("[aria-expanded=false]")).locator(".monaco-tl-twistie").click();
  }

  /** Unfolds the newest session; its history is what comes below it. */
  async unfoldNewest(): Promise<void> {
    // There is something to unfold only once the session is known to have a past.
    await this.unfold(this.newest);
    await this.past.first().waitFor();
  }

  /** Waits until a row's tooltip says some words. */
  async hover(row: Locator, words: string): Promise<void> {
    const tooltip = this.page.locator(".monaco-hover").filter({ hasText: words }).first();
    // A row that is drawn anew just then hides its tooltip.
    await expect(async () => {
      await this.page.mouse.move(0, 0); // a pointer that is there already shows nothing
      await row.hover();
      await tooltip.waitFor({ timeout: SHOWN_WITHIN_MS });
    }).toPass();
  }

  /** Runs an entry of a row's menu. */
  async menu(row: Locator, entry: string): Promise<void> {
    await chooseFromMenu(this.page, row, entry);
  }

  /** The size that the newest session's row tells, in bytes; 0 while it tells none. */
  async size(): Promise<number> {
    const [, amount, unit = "B"] = /([\d.,]+) ([kKMG]?i?B)\b/.exec((await this.newest.textContent()) ?? "") ?? [];
    const factor = { b: 1, k: 1e3, m: 1e6, g: 1e9 }[unit.charAt(0).toLowerCase()] ?? 1;
    return Number(amount?.replaceAll(",", "") ?? 0) * factor;
  }
}
