// @vitest-environment happy-dom
// Calls that ran side by side: each result is shown once, below its own call, and everything leads there.
import { render } from "preact";
import { act } from "preact/test-utils";
import { afterEach, beforeEach, expect, test, vi } from "vitest";
import type { Bridge } from "../../../extension/src/page/bridge";
import { Answers } from "../../../extension/src/page/store/answers";
import { showMoment } from "../../../extension/src/page/store/moment";
import { ReplayStore } from "../../../extension/src/page/store/replayStore";
import { App } from "../../../extension/src/page/view/App";
import type { ReplayFilter, ReplayRecord } from "../../../extension/src/protocol/messages";
import { waitFor } from "../support/waitFor";
import { event, record } from "./records";
import { OPEN } from "./smallSession";

const text = (value: string) => ({ value, totalChars: value.length });
const tool = (callId: string) =>
  ({ callId, name: "Bash", target: `run ${callId}`, action: "shell", paths: [] }) as const;
const call = (id: string, partner: number | null, field = 0) =>
  event({ kind: "toolCall", field, tool: tool(id), format: "json", text: text('{"command":"x"}'), partner });
const result = (id: string, partner: number, isError = false) =>
  event({ kind: "toolResult", tool: { ...tool(id), name: "" }, text: text(`out of ${id}\nmore`), partner, isError });

/** Three calls at once, the third in a record with the second; their results come in another order. */
const RECORDS: readonly ReplayRecord[] = [
  record(0, [event({ kind: "prompt", text: text("go") })]),
  record(1, [call("a", 5)]),
  record(2, [call("b", 4), call("c", 6, 1)]),
  record(3, []),
  record(4, [result("b", 2)]),
  record(5, [result("a", 1, true)]),
  record(6, [result("c", 2)]),
  record(7, [event({ kind: "reply", text: text("done") })]),
];

let root: HTMLElement;
let store: ReplayStore;

beforeEach(async () => {
  vi.spyOn(HTMLElement.prototype, "clientHeight", "get").mockReturnValue(800);
  vi.stubGlobal("matchMedia", () => ({ matches: false }));
  const bridge: Record<string, unknown> = {
    loadHabits: () => ({}),
    request: (method: string, { filter }: { filter?: ReplayFilter } = {}) => {
      const runs = filter?.errorsOnly ? [5, 1] : [1, 2, 4, 3];
      const answers: Record<string, unknown> = {
        window: { start: 0, records: RECORDS, recordCount: RECORDS.length },
        filter: { start: 0, until: RECORDS.length, runs },
        text: { offset: 0, value: "", totalChars: 0 },
      };
      return method in answers ? Promise.resolve(answers[method]) : new Promise(() => undefined);
    },
  };
  const deaf = new Proxy(bridge, { get: (known, name) => known[String(name)] ?? (() => undefined) });
  store = new ReplayStore(deaf as unknown as Bridge);
  root = document.body.appendChild(document.createElement("div"));
  await act(() => render(<App store={store} />, root));
  const info = OPEN.info && { ...OPEN.info, recordCount: RECORDS.length, analysedCount: RECORDS.length };
  await act(() => store.receive({ ...OPEN, info }));
  await waitFor("all is drawn", () => shown().includes("7:0"));
});

afterEach(() => {
  render(null, root);
  root.remove();
});

function shown(): readonly string[] {
  return [...root.querySelectorAll<HTMLElement>("[data-event]")].map((each) => each.dataset["event"] ?? "");
}

/** Where a key leads. */
async function press(key: string): Promise<string> {
  await act(() => void document.dispatchEvent(new KeyboardEvent("keydown", { key, bubbles: true, cancelable: true })));
  return `${store.current?.index}:${store.current?.field}`;
}

test("each result is shown once, below its own call, in whatever order they came", async () => {
  expect(shown()).toEqual(["0:0", "1:0", "5:0", "2:0", "4:0", "2:1", "6:0", "7:0"]);
  expect([4, 5, 6].map((index) => store.layout.isHidden(index))).toEqual([true, true, true]);
  await act(() => root.querySelector<HTMLElement>('[data-event="1:0"] [data-fold]')?.click());
  expect(root.querySelectorAll(".fold-body")).toHaveLength(2);
  expect(root.querySelector('[data-event="1:0"]')?.textContent).not.toContain("out of a");
  expect(root.querySelector('[data-event="5:0"] .fold-body')?.textContent).toContain("out of a");
});

test("keys go from event to event as they are drawn, and errors and links lead to a result below its call", async () => {
  const visited: string[] = [];
  for (const _ of shown()) {
    visited.push(await press("j"));
  }
  expect(visited).toEqual(["0:0", "1:0", "5:0", "2:0", "4:0", "2:1", "6:0", "7:0"]);
  expect(await press("k")).toBe("6:0");
  await press("E");
  await waitFor("the error is found", () => store.current?.index === 5);
  expect(store.layout.anchor).toMatchObject({ kind: "row", index: 1 });
  await act(() => showMoment(store, 4));
  expect(store.layout.anchor).toMatchObject({ kind: "row", index: 2 });
  expect(store.current).toEqual({ index: 4, field: 0 });
});

test("a filter shows a result where it stands, and its call leads there instead of showing it, too", async () => {
  await act(() => store.finding.filters.choose({ errorsOnly: true }));
  await waitFor("what is left", () => shown().join() === ["5:0"].join());
  await act(() => store.finding.filters.choose({ errorsOnly: false, tools: ["Bash"] }));
  await waitFor("what is left", () => shown().join() === ["1:0", "2:0", "2:1", "4:0", "5:0", "6:0"].join());
  await act(() => root.querySelector<HTMLElement>('[data-event="1:0"] [data-fold]')?.click());
  const body = root.querySelector('[data-event="1:0"] .fold-body');
  expect(body?.textContent).not.toContain("out of a");
  expect(body?.textContent).toContain("Go to result");
  await act(() => store.finding.filters.clear());
  await waitFor("all is back", () => shown().indexOf("5:0") === 2);
});

test("played, a result comes in below its call at its own moment", async () => {
  const { player } = store.playback;
  await act(() => player.play(0));
  await act(() => player.goTo(4));
  const first = ["0:0", "1:0", "2:0", "4:0", "2:1"];
  await waitFor("what was played is drawn", () => shown().join() === first.join());
  await act(() => player.goTo(5));
  const then = ["0:0", "1:0", "5:0", "2:0", "4:0", "2:1"];
  await waitFor("the next result is drawn", () => shown().join() === then.join());
  expect(store.reading.nextPlayed(2)).toBe(4);
  expect(store.reading.isUnplayed(4)).toBe(false);
});

test("the reader's place goes along with a result that is found to belong elsewhere", () => {
  const { answers } = store.reading;
  answers.clear();
  store.layout.filterFrom(0, () => true);
  store.layout.hold({ kind: "row", index: 5, offset: 3 });
  expect(store.layout.anchor).toMatchObject({ index: 5 });
  answers.note(RECORDS);
  expect(store.layout.anchor).toEqual({ kind: "row", index: 1, offset: 3 });
});

test("an earlier result of a call that got a later one stays where it is", () => {
  const asked = record(1, [call("a", 3)]);
  const others = [record(2, [call("b", 6)]), record(3, []), record(5, [result("a", 1)]), record(6, [result("b", 2)])];
  const known = new Map([asked, ...others].map((each) => [each.index, each]));
  const alone = new Answers({
    ...{ layout: store.layout, record: (index) => known.get(index), isFiltered: () => false, isUnderLine: () => false },
  });
  alone.note([...known.values()]);
  expect([5, 6].map((index) => alone.isAway(index))).toEqual([false, true]);
});
