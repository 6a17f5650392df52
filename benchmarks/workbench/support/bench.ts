// One window of the editor to measure in: rows are clicked, and what they open is looked at from inside.

import type { CDPSession, Frame, Locator, Page } from "@playwright/test";
import type { EditorWindow } from "../../../tests/e2e/pages/editorWindow";
import type { Editor } from "../../../tests/e2e/support/fixtures";
import { pageCost, type Work, workOf } from "./cost";
import { type Frames, installWatch, type Settled, type Target } from "./watch";

const LIMIT_MS = 180_000;
const LOOK_EVERY_MS = 50;
/** Wheel of a trackpad that is flung, in pixels a second. */
const FLING_SPEED = 4000;

export interface Fling extends Frames {
  readonly work: Work;
  readonly seconds: number;
}

/** A page within the editor, with its first event on the screen. */
interface Shown {
  readonly frame: Frame;
  readonly at: number;
}

export class Bench {
  readonly #shown: Shown[] = [];

  private constructor(
    readonly window: EditorWindow,
    readonly devtools: CDPSession,
  ) {}

  static async start(editor: Editor): Promise<Bench> {
    const window = await editor.openWindow();
    const { page } = window;
    const bench = new Bench(window, await page.context().newCDPSession(page));
    await page.exposeBinding("tellPainted", ({ frame }, at: number) => {
      bench.#shown.push({ frame, at });
    });
    await page.addInitScript(installWatch);
    await page.reload();
    await page.locator(".statusbar").waitFor({ timeout: LIMIT_MS });
    // Notifications lie on the strip, and some stay.
    await window.palette.run("Notifications: Toggle Do Not Disturb Mode");
    return bench;
  }

  get page(): Page {
    return this.window.page;
  }

  /** Clicks a row; from the click to the frame with the first event, in milliseconds. */
  async open(row: Locator): Promise<number> {
    this.#shown.length = 0;
    await row.click();
    const clickedAt = await this.page.evaluate(() => window.watch.clickedAt);
    const until = Date.now() + LIMIT_MS;
    while (this.#shown.length === 0) {
      if (Date.now() > until) {
        throw new Error("nothing was shown");
      }
      await this.page.waitForTimeout(LOOK_EVERY_MS);
    }
    return (this.#shown[0]?.at ?? 0) - clickedAt;
  }

  /** The frame whose events are on the screen. */
  get frame(): Frame {
    const [shown] = this.#shown;
    if (shown === undefined) {
      throw new Error("nothing is open");
    }
    return shown.frame;
  }

  /** The first page of a window also waits for what the editor starts for pages. */
  async warmUp(row: Locator): Promise<void> {
    await this.open(row);
    await this.closeTab();
  }

  async closeTab(): Promise<void> {
    await this.page.locator(".tabs-container .tab.active").click({ button: "middle" });
    await this.page.locator("iframe.webview").waitFor({ state: "detached" });
  }

  /** What an input leads to, until it is on the screen. */
  async seek(target: Target, input: () => Promise<void>): Promise<Settled> {
    const { frame } = this;
    await frame.evaluate((sought) => window.watch.arm(sought), target);
    await input();
    return await frame.evaluate(() => window.watch.settled());
  }

  /** Scrolls down for so long, and back up as soon as the end is reached. */
  async fling(seconds: number): Promise<Fling> {
    const { frame } = this;
    const box = await this.page.locator("iframe.webview").boundingBox();
    if (box === null) {
      throw new Error("nothing is shown");
    }
    const before = await workOf(this.devtools);
    await frame.evaluate(() => window.watch.start());
    await this.devtools.send("Input.synthesizeScrollGesture", {
      x: box.x + box.width / 2,
      y: box.y + box.height / 2,
      yDistance: -FLING_SPEED * seconds,
      speed: FLING_SPEED,
      gestureSourceType: "mouse",
    });
    const frames = await frame.evaluate(() => window.watch.stop());
    const after = await workOf(this.devtools);
    const work = {
      all: after.all - before.all,
      script: after.script - before.script,
      layout: after.layout - before.layout,
    };
    return { ...frames, work, seconds };
  }

  cost(): ReturnType<typeof pageCost> {
    return pageCost(this.devtools);
  }
}
