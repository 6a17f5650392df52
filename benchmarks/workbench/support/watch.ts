// Runs in every frame of the editor, before anything else there: notes when things were clicked and when they were painted.

/** Where an input leads: a share of the time axis, or an end of the session. */
export type Target = number | "first" | "last";

export interface Settled {
  /** From the input to the frame after the one that shows what was sought; 20 seconds where that was too long. */
  readonly ms: number;
  /** The record that is seen first. */
  readonly place: number;
}

export interface Frames {
  /** Between two frames each, in milliseconds. */
  readonly deltas: readonly number[];
  /** Frames in which a record in view was not loaded yet. */
  readonly pending: number;
}

export interface Watch {
  /** When the newest click of this frame happened, on the wall clock. */
  clickedAt: number;
  /** To be called before an input that leads somewhere else. In the benchmark's sessions, a record takes a second. */
  arm(target: Target): void;
  /** Waits until what the input since then leads to is on the screen. */
  settled(): Promise<Settled>;
  /** Notes frames until `stop`. */
  start(): void;
  stop(): Frames;
}

declare global {
  interface Window {
    readonly watch: Watch;
    /** Tells when the first event of a frame was on the screen, on the wall clock. */
    readonly tellPainted: (at: number) => Promise<void>;
  }
}

/** Has to stand by itself: its text is sent to the browser. */
export function installWatch(): void {
  const now = (): number => performance.timeOrigin + performance.now();
  const feed = (): Element | null => document.querySelector(".scroller article, .scroller > p");
  const inView = (selector: string): Element[] => {
    const frame = document.querySelector(".scroller")?.getBoundingClientRect();
    return frame === undefined
      ? []
      : [...document.querySelectorAll(selector)].filter((each) => {
          const box = each.getBoundingClientRect();
          return box.bottom > frame.top + 1 && box.top < frame.bottom - 1 && box.height > 0;
        });
  };
  const place = (): number => Number(inView("[aria-posinset]")[0]?.getAttribute("aria-posinset") ?? 0);

  /** The place that is led to, and as far from it as the view may begin: what is sought needn't be its first record. */
  const sought = (target: Target): { place: number; nearby: number } => {
    const count = Number(document.querySelector(".scroller [aria-setsize]")?.getAttribute("aria-setsize"));
    // A record a second: times and numbers are the same.
    const place = target === "first" ? 1 : target === "last" ? count : target * count;
    return { place, nearby: 20 + count / 100 };
  };

  const LIMIT_MS = 20_000;
  let inputAt = 0;
  let goal = { place: 0, nearby: 0 };
  const onInput = (event: Event): void => {
    inputAt = event.timeStamp;
    watch.clickedAt = performance.timeOrigin + event.timeStamp;
  };
  // A webview writes its document anew, which takes listeners away: they are put back until something is there.
  const listen = (): void => {
    for (const name of ["click", "pointerdown", "keydown"]) {
      window.removeEventListener(name, onInput, true);
      window.addEventListener(name, onInput, true);
    }
  };
  const watch: Watch = {
    clickedAt: 0,
    arm(target) {
      inputAt = 0;
      goal = sought(target);
      listen();
    },
    settled() {
      const until = performance.now() + LIMIT_MS;
      return new Promise((resolve) => {
        const look = (): void => {
          const seen = place();
          const isThere = seen > 0 && Math.abs(seen - goal.place) <= goal.nearby;
          if (inputAt > 0 && isThere && inView(".row-pending").length === 0) {
            requestAnimationFrame(() => resolve({ ms: performance.now() - inputAt, place: seen }));
          } else if (performance.now() > until) {
            resolve({ ms: LIMIT_MS, place: seen });
          } else {
            requestAnimationFrame(look);
          }
        };
        look();
      });
    },
    start() {
      frames = { deltas: [], pending: 0, isOver: false };
      const mine = frames;
      let last = 0;
      const onFrame = (at: number): void => {
        if (mine.isOver) {
          return;
        }
        if (last > 0) {
          mine.deltas.push(at - last);
          mine.pending +=
            document.getElementsByClassName("row-pending").length > 0 && inView(".row-pending").length > 0 ? 1 : 0;
        }
        last = at;
        requestAnimationFrame(onFrame);
      };
      requestAnimationFrame(onFrame);
    },
    stop() {
      frames.isOver = true;
      return { deltas: frames.deltas, pending: frames.pending };
    },
  };
  let frames: { deltas: number[]; pending: number; isOver: boolean } = { deltas: [], pending: 0, isOver: true };
  Object.assign(window, { watch });
  listen();
  if (window !== window.top) {
    let [isPainted, request] = [false, 0];
    const look = (): void => {
      if (feed() === null) {
        request = requestAnimationFrame(look);
      } else if (!isPainted) {
        isPainted = true;
        requestAnimationFrame(() => {
          listen();
          void window.tellPainted(now());
        });
      }
    };
    // Frames that were asked for are forgotten with the first document, too.
    const timer = setInterval(() => {
      cancelAnimationFrame(request);
      look();
      if (isPainted) {
        clearInterval(timer);
      }
    }, 8);
  }
}
