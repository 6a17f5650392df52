// When a page of another making shows its first message, and when all of it is there.

import { setTimeout as delay } from "node:timers/promises";
import type { Page } from "@playwright/test";

type Moment = "first" | "all";

declare global {
  interface Window {
    /** In milliseconds since the page's navigation began. */
    readonly tellMoment: (moment: Moment, atMs: number) => Promise<void>;
  }
}

const LOOK_EVERY_MS = 50;

export class Moments {
  readonly #told = new Map<Moment, number>();
  readonly #until: number;
  #hasCrashed = false;

  private constructor(private readonly limitMs: number) {
    this.#until = Date.now() + limitMs;
  }

  /** To be called before the page is opened; `message` is a selector. */
  static async watch(page: Page, message: string, limitMs: number): Promise<Moments> {
    const moments = new Moments(limitMs);
    page.on("crash", () => {
      moments.#hasCrashed = true;
    });
    await page.exposeFunction("tellMoment", (moment: Moment, atMs: number) => {
      moments.#told.set(moment, atMs);
    });
    await page.addInitScript(installWatch, message);
    return moments;
  }

  /** In milliseconds since the page's navigation began, or why it didn't come. */
  async reach(moment: Moment): Promise<number | string> {
    for (;;) {
      const atMs = this.#told.get(moment);
      if (atMs !== undefined) {
        return atMs;
      }
      if (this.#hasCrashed) {
        return "its page crashed";
      }
      if (Date.now() > this.#until) {
        return `not within ${this.limitMs / 1000} s`;
      }
      await delay(LOOK_EVERY_MS);
    }
  }
}

/** Has to stand by itself: its text is sent to the browser. */
function installWatch(message: string): void {
  const tellNextFrame = (moment: Moment): void => {
    requestAnimationFrame(() => void window.tellMoment(moment, performance.now()));
  };
  const look = (): void => {
    if ((document.querySelector(message)?.getBoundingClientRect().height ?? 0) > 0) {
      tellNextFrame("first");
    } else {
      requestAnimationFrame(look);
    }
  };
  look();
  window.addEventListener("load", () => requestAnimationFrame(() => tellNextFrame("all")));
}
