import type { FrameLocator, Locator, Page } from "@playwright/test";
import { violations } from "../support/accessibility";

/** The replay in its editor tab; editors put a page into a frame inside a frame. */
export class ReplayTab {
  readonly frame: FrameLocator;
  /** The tab's, which the editor fetches after the page began. */
  readonly icon: Locator;
  readonly title: Locator;
  readonly feed: Locator;
  readonly events: Locator;
  readonly facts: Locator;
  readonly liveBadge: Locator;
  readonly ending: Locator;
  readonly scroller: Locator;
  readonly slider: Locator;
  readonly speed: Locator;
  /** The panel beside the session. */
  readonly panel: Locator;
  readonly chapters: Locator;
  /** The chapter that is being read. */
  readonly chapter: Locator;
  /** The event that keys act on. */
  readonly current: Locator;
  private readonly body: Locator;

  constructor(readonly page: Page) {
    this.frame = page.frameLocator("iframe.webview").frameLocator("iframe#active-frame");
    this.icon = page.locator(".tab.active .monaco-icon-label-iconpath[style*=replay-]");
    this.title = this.frame.getByRole("heading", { level: 1 });
    this.feed = this.frame.getByRole("feed");
    this.events = this.feed.getByRole("article");
    this.current = this.events.and(this.frame.locator("[tabindex='0']"));
    this.facts = this.frame.locator(".facts");
    this.liveBadge = this.frame.locator(".badge-live");
    this.ending = this.frame.locator(".ending");
    this.scroller = this.frame.locator(".scroller");
    this.slider = this.frame.getByRole("slider", { name: "Position" });
    this.speed = this.frame.getByTitle("Speed", { exact: true });
    this.panel = this.frame.getByRole("complementary");
    this.chapters = this.panel.getByRole("list", { name: "Prompts" }).getByRole("button");
    this.chapter = this.chapters.and(this.frame.locator("[aria-current=location]"));
    this.body = this.frame.locator("body");
  }

  /** The first event of that name, as it is told to screen readers. */
  event(name: string): Locator {
    return this.feed.getByRole("article", { name: new RegExp(`^${name}(,|$)`) }).first();
  }

  /** The events of the record at a place in the session, from 1. */
  eventsAt(place: number): Locator {
    return this.events.and(this.frame.locator(`[aria-posinset="${place}"]`));
  }

  /** How many records the header counts. */
  async recordCount(): Promise<number> {
    const text = await this.facts
      .getByRole("listitem")
      .filter({ hasText: /records?$/ })
      .textContent();
    return Number(text?.replaceAll(/\D/g, ""));
  }

  /** The player's button of that name. */
  button(name: "Play" | "Pause"): Locator {
    return this.frame.getByRole("button", { name, exact: true });
  }

  /** The place of the last event in the list, from 1. */
  async lastPlace(): Promise<number> {
    return Number(await this.events.last().getAttribute("aria-posinset"));
  }

  /** The playhead's second on the time axis. */
  async playedSeconds(): Promise<number> {
    return Number(await this.slider.getAttribute("aria-valuenow"));
  }

  /** Opens the panel unless it is open, and shows a tab of it. */
  async showPanel(tab: "Outline" | "Numbers" | "Files"): Promise<void> {
    const opener = this.frame.getByRole("button", { name: "Outline, numbers and files" });
    if ((await opener.getAttribute("aria-expanded")) !== "true") {
      await opener.click();
    }
    await this.panel.getByRole("tab", { name: tab }).click();
  }

  /** Goes through all of the session with every fold and some raw lines open; gives how many events were seen. */
  async readAll(): Promise<number> {
    return this.scroller.evaluate(async (scroller) => {
      const drawn = (): Promise<unknown> => new Promise((done) => requestAnimationFrame(() => setTimeout(done)));
      const isAtEnd = (): boolean => scroller.scrollTop + scroller.clientHeight >= scroller.scrollHeight - 2;
      const seen = new Set<string>();
      for (let step = 0; step < 1000 && !(isAtEnd() && scroller.querySelector(".row-pending") === null); step += 1) {
        for (const each of scroller.querySelectorAll<HTMLElement>("[data-event]")) {
          seen.add(each.dataset["event"] ?? "");
          each.querySelector<HTMLElement>("[data-fold][aria-expanded=false]")?.click();
        }
        if (step % 10 === 0) {
          scroller.querySelector<HTMLElement>("[data-menu]")?.click();
          await drawn();
          document.querySelector<HTMLElement>("[role=menuitem]:last-child")?.click();
        }
        await drawn();
        scroller.scrollTop += 2 * scroller.clientHeight;
        await drawn();
      }
      return seen.size;
    });
  }

  /** What axe-core finds wrong in the page, or in a part of it. */
  async violations(part = "html"): Promise<string[]> {
    await this.frame.locator(part).first().waitFor({ state: "attached" });
    const page = await (await this.body.elementHandle())?.ownerFrame();
    if (page == null) {
      throw new Error("there is no replay");
    }
    return violations(page, part);
  }

  /** How far the ring around the focused event keeps from the list's upper edge, in pixels; negative where it is cut. */
  roomAboveRing(): Promise<number> {
    return this.events.and(this.frame.locator(":focus")).evaluate((event) => {
      const { outlineOffset, outlineWidth } = getComputedStyle(event);
      const ring =
        event.getBoundingClientRect().top - Number.parseFloat(outlineOffset) - Number.parseFloat(outlineWidth);
      return ring - (event.closest(".scroller")?.getBoundingClientRect().top ?? 0);
    });
  }

  /** How far an event is from the one after it in the same record, in pixels. */
  gapAfter(event: Locator): Promise<number> {
    return event.evaluate((each) => {
      const next = each.nextElementSibling?.getBoundingClientRect().top ?? 0;
      return next - each.getBoundingClientRect().bottom;
    });
  }

  /** The page's, in pixels. */
  width(): Promise<number> {
    return this.body.evaluate(() => innerWidth);
  }

  /** What reaches beyond the page's sides; what scrolls by itself doesn't count. */
  sticksOut(): Promise<string[]> {
    return this.body.evaluate((body) =>
      [...body.querySelectorAll("*")]
        .filter((each) => each.closest("pre, table, svg, .visually-hidden") === null)
        .filter((each) => each.getBoundingClientRect().width > 0)
        .filter((each) => each.getBoundingClientRect().right > innerWidth + 1 || each.getBoundingClientRect().left < -1)
        .map((each) => each.outerHTML.slice(0, 120)),
    );
  }

  /** The page's background colour as the browser spells it. */
  background(): Promise<string> {
    return this.body.evaluate((body) => getComputedStyle(body).backgroundColor);
  }

  /** The contrast between the first event's text and the page's background, from 1 to 21. */
  async contrast(): Promise<number> {
    const text = await this.events.first().evaluate((event) => getComputedStyle(event).color);
    return contrastRatio(text, await this.background());
  }
}

/** The contrast ratio of two opaque `rgb()` colours, as WCAG 2 defines it. */
function contrastRatio(first: string, second: string): number {
  const [brighter = 0, darker = 0] = [luminance(first), luminance(second)].sort((a, b) => b - a);
  return (brighter + 0.05) / (darker + 0.05);
}

function luminance(color: string): number {
  const [red = 0, green = 0, blue = 0] = (color.match(/[\d.]+/g) ?? []).map((part) => {
    const channel = Number(part) / 255;
    return channel <= 0.03928 ? channel / 12.92 : ((channel + 0.055) / 1.055) ** 2.4;
  });
  return 0.2126 * red + 0.7152 * green + 0.0722 * blue;
}
