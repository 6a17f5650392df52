// @vitest-environment happy-dom
// How much work drawing is, as counts: of messages until something can be read, and of rows drawn for a scroll.
import { render } from "preact";
import { act } from "preact/test-utils";
import { afterEach, beforeEach, expect, test, vi } from "vitest";
import type { Bridge } from "../../../extension/src/page/bridge";
import { ReplayStore } from "../../../extension/src/page/store/replayStore";
import { App } from "../../../extension/src/page/view/App";
import type * as rows from "../../../extension/src/page/view/Row";
import type { Snapshot } from "../../../extension/src/shared/messages";
import type { PageState } from "../../../extension/src/shared/pageState";
import { windowOf } from "./records";

const drawn = vi.hoisted(() => ({ rows: 0 }));
vi.mock("../../../extension/src/page/view/Row", async (original) => {
  const { Row } = await original<typeof rows>();
  const Counted: typeof Row = (props) => {
    drawn.rows += 1;
    return Row(props);
  };
  return { Row: Counted };
});

const RECORDS = 1_000_000;
const SNAPSHOT: Snapshot = {
  ...{ phase: "open", opening: 1, edition: 1, problem: null, progress: "" },
  target: { harness: "claude-code", sessionId: "s1", title: "My session", origin: "auto" },
  info: {
    ...{ title: "My session", origin: "disk", cwd: null, recordCount: RECORDS, analysedCount: 0, totalBytes: 1e9 },
    ...{ missingBytes: 0, isLive: false, redacted: false, standing: "current", machine: null, problem: null },
    ...{ harness: "claude-code", parentId: null },
  },
};

let root: HTMLElement;
let store: ReplayStore;
/** The starts of the windows that the page asked for. */
let asked: number[];
/** The helper doesn't answer. */
let isBusy: boolean;

beforeEach(async () => {
  vi.spyOn(HTMLElement.prototype, "clientHeight", "get").mockReturnValue(800);
  vi.spyOn(HTMLElement.prototype, "scrollHeight", "get").mockReturnValue(16_000_000);
  isBusy = false;
  await load();
});

async function load(saved?: PageState): Promise<void> {
  asked = [];
  root = document.body.appendChild(document.createElement("div"));
  const bridge: Record<string, unknown> = {
    loadState: () => saved,
    loadHabits: () => ({}),
    request: (method: string, { start = 0, count = 0 }: Readonly<Record<string, number>> = {}) => {
      if (method === "window") {
        asked.push(start);
      }
      return method === "window" && !isBusy ? Promise.resolve(windowOf(start, count)) : new Promise(() => undefined);
    },
  };
  const deaf = new Proxy(bridge, { get: (known, name) => known[String(name)] ?? (() => undefined) });
  store = new ReplayStore(deaf as unknown as Bridge);
  await act(() => render(<App store={store} />, root));
}

function unload(): void {
  render(null, root);
  root.remove();
}

afterEach(unload);

function articles(): number {
  return root.querySelectorAll("article").length;
}

/** Rows beyond the view come after those in it were painted, and the next frame began. */
async function allDrawn(): Promise<number> {
  const frame = () => new Promise((resolve) => requestAnimationFrame(resolve));
  await act(() =>
    frame()
      .then(frame)
      .then(() => new Promise<void>((resolve) => setTimeout(resolve))),
  );
  expect(articles()).toBeGreaterThan(20);
  return articles();
}

async function rowsDrawnBy(deed: () => void): Promise<number> {
  drawn.rows = 0;
  await act(deed);
  return drawn.rows;
}

test("records that come with the first message are on the screen by it, and not asked for", () => {
  store.receive(SNAPSHOT, windowOf(0, 64));
  expect(store.record(0)).toBeDefined();
  expect(asked).toEqual([64]);
});

test("without them the page asks for what is in sight at once, and for what follows it", () => {
  store.receive(SNAPSHOT);
  expect(asked).toEqual([0, 64]);
});

test("a tab that is shown again asks for where the reader was, and for nothing else", async () => {
  const { target } = SNAPSHOT;
  for (const [position, pages] of [
    [{ index: 500_000, offset: 3, atEnd: false }, [499_968, 500_032, 499_904]],
    [{ index: RECORDS - 1, offset: 0, atEnd: true }, [999_936, 999_872]],
  ] as const) {
    unload();
    await load({ version: 1, target, position, open: [] });
    await act(() => store.receive(SNAPSHOT));
    await allDrawn();
    expect(asked).toEqual(pages);
  }
});

test("at a place that is far away, what is in view is drawn first", async () => {
  isBusy = true;
  await act(() => store.receive(SNAPSHOT, windowOf(0, 128)));
  const first = articles();
  expect(first * 56).toBeGreaterThan(800);
  expect(await allDrawn()).toBeGreaterThan(first);
  await act(() => store.layout.hold({ kind: "row", index: 100, offset: 0 }));
  expect(articles()).toBeLessThanOrEqual(first + 2);
});

test("scrolling draws the rows that come into sight, and no others", async () => {
  isBusy = true;
  await act(() => store.receive(SNAPSHOT, windowOf(0, 128)));
  const scroller = root.querySelector<HTMLElement>(".scroller");
  const all = await allDrawn();
  const scrolled = await rowsDrawnBy(() => {
    if (scroller !== null) {
      scroller.scrollTop = 100;
      scroller.dispatchEvent(new Event("scroll"));
    }
  });
  expect(scrolled).toBeLessThan(all / 3);
  expect(await rowsDrawnBy(() => store.changed()), "what changed may show in any row").toBeGreaterThanOrEqual(all);
});

test("after a seek, too, scrolling draws no row anew but that of the playhead", async () => {
  isBusy = true;
  await act(() => store.receive(SNAPSHOT, windowOf(0, 128)));
  const all = await allDrawn();
  await act(() => store.playback.player.goTo(3));
  expect(root.querySelectorAll(".row-playhead")).toHaveLength(1);
  const moved = await rowsDrawnBy(() => store.playback.player.goTo(4));
  expect(moved).toBeLessThan(all / 3);
  expect(root.querySelector(".row-playhead article")?.getAttribute("aria-posinset")).toBe("5");
});

test("what a jump leads to is asked for at once, however lately something else was", async () => {
  await act(() => store.receive(SNAPSHOT, windowOf(0, 128)));
  asked.length = 0;
  await act(() => store.layout.hold({ kind: "row", index: 5_000, offset: 0 }));
  await act(() => store.layout.hold({ kind: "row", index: 9_000, offset: 0 }));
  expect(asked).toContain(9_000 - (9_000 % 64));
});

test("a large session that is being counted draws no rows anew, until all is known", async () => {
  await act(() => store.receive(SNAPSHOT, windowOf(0, 128)));
  const counted = (analysedCount: number): Snapshot => ({
    ...SNAPSHOT,
    info: SNAPSHOT.info && { ...SNAPSHOT.info, analysedCount },
  });
  expect(await rowsDrawnBy(() => store.receive(counted(5_000)))).toBe(0);
  expect(await rowsDrawnBy(() => store.notices.show("Searching…"))).toBe(0);
  expect(await rowsDrawnBy(() => store.receive(counted(RECORDS)))).toBeGreaterThan(0);
});
