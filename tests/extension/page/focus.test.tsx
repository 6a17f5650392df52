// @vitest-environment happy-dom
import { render } from "preact";
import { act } from "preact/test-utils";
import { afterEach, beforeEach, expect, test, vi } from "vitest";
import type { Bridge } from "../../../extension/src/page/bridge";
import { ReplayStore } from "../../../extension/src/page/store/replayStore";
import { App } from "../../../extension/src/page/view/App";
import type { Snapshot } from "../../../extension/src/shared/messages";
import { waitFor } from "../support/waitFor";
import { event, record, windowOf } from "./records";

const COUNT = 5000;
const SNAPSHOT: Snapshot = {
  target: { harness: "codex", sessionId: "s", title: "A session", origin: "auto" },
  ...{ phase: "open", opening: 1, edition: 1, problem: null, progress: "" },
  info: {
    ...{ title: "A session", origin: "disk", cwd: null, recordCount: COUNT, analysedCount: 0, totalBytes: 1 },
    ...{
      missingBytes: 0,
      isLive: false,
      redacted: false,
      problem: null,
      standing: "current",
      machine: null,
      harness: "claude-code",
      parentId: null,
    },
  },
};

let root: HTMLElement;
let store: ReplayStore;
/** Windows that were asked for and not answered yet. */
let held: (() => void)[] | undefined;

beforeEach(async () => {
  vi.spyOn(HTMLElement.prototype, "clientHeight", "get").mockReturnValue(800);
  vi.spyOn(document, "hasFocus").mockReturnValue(true);
  vi.stubGlobal("matchMedia", () => ({ matches: false }));
  root = document.body.appendChild(document.createElement("div"));
  held = undefined;
  const request = (method: string, { start = 0, count = 0 } = {}): Promise<unknown> =>
    new Promise((resolve) => {
      if (method !== "window") {
        return;
      }
      const answer = (): void =>
        resolve({
          ...windowOf(start, count, (index) => record(index, [event({ kind: "reply" })])),
          recordCount: COUNT,
        });
      held === undefined ? answer() : held.push(answer);
    });
  const known: Record<string, unknown> = { loadState: () => undefined, loadHabits: () => ({}), request };
  const bridge = new Proxy(known, { get: (all, name) => all[String(name)] ?? (() => undefined) });
  store = new ReplayStore(bridge as unknown as Bridge);
  await act(() => render(<App store={store} />, root));
  await act(() => store.receive(SNAPSHOT));
  await waitFor("the first events are drawn", () => find('[data-event="1:0"]'));
});

afterEach(() => {
  render(null, root);
  root.remove();
});

function find(selector: string): HTMLElement | undefined {
  return root.querySelector<HTMLElement>(selector) ?? undefined;
}

function press(key: string, held: Partial<KeyboardEvent> = {}): void {
  const target = document.activeElement ?? document;
  const { ctrlKey = false } = held;
  target.dispatchEvent(new KeyboardEvent("keydown", { key, ctrlKey, bubbles: true, cancelable: true }));
}

async function release(): Promise<void> {
  const answers = held ?? [];
  held = undefined;
  await act(async () => {
    for (const answer of answers) {
      answer();
    }
  });
  await waitFor("the last event is drawn", () => find(`[data-event="${COUNT - 1}:0"]`));
}

test("an event that is loaded late takes the focus when nobody went elsewhere", async () => {
  find(".scroller")?.focus();
  held = [];
  press("End");
  await release();
  await waitFor("it has the focus", () => document.activeElement?.getAttribute("data-event") === `${COUNT - 1}:0`);
});

test.each([
  ["a button", ".header button"],
  ["the slider", "[role=slider]"],
])("an event that is loaded late leaves the focus with %s that the reader went to", async (_, selector) => {
  document.body.focus();
  held = [];
  press("End");
  find(selector)?.focus();
  await release();
  await act(() => store.changed());
  expect(document.activeElement).toBe(find(selector));
});

test("an event that is loaded late takes no focus from the editor", async () => {
  find(".scroller")?.focus();
  held = [];
  press("End");
  vi.spyOn(document, "hasFocus").mockReturnValue(false);
  await release();
  await act(() => store.changed());
  expect(document.activeElement?.closest("article") ?? null).toBeNull();
});

test("Page Down and Page Up lead from article to article, and Control with End and Home out of the feed", async () => {
  press("j");
  await waitFor("an event has the focus", () => document.activeElement?.matches("article"));
  const first = document.activeElement;
  press("PageDown");
  await waitFor(
    "the next has it",
    () => document.activeElement !== first && document.activeElement?.matches("article"),
  );
  press("PageUp");
  await waitFor("the first has it again", () => document.activeElement === first);
  press("End", { ctrlKey: true });
  expect(document.activeElement?.closest(".transport")).not.toBeNull();
  press("Home", { ctrlKey: true });
  expect(document.activeElement?.closest("header")).not.toBeNull();
});

test("the page has one polite live region", () => {
  const polite = [...root.querySelectorAll("[aria-live], [role=status], [role=log], output")];
  expect(polite.filter((each) => each.getAttribute("aria-live") !== "off")).toHaveLength(1);
});
