// @vitest-environment happy-dom
// Showing only one sub-agent: chosen in the menu of filters or at its call, named, and kept.
import { render } from "preact";
import { act } from "preact/test-utils";
import { afterEach, beforeEach, expect, test, vi } from "vitest";
import type { Bridge } from "../../../extension/src/page/bridge";
import { ReplayStore } from "../../../extension/src/page/store/replayStore";
import { App } from "../../../extension/src/page/view/App";
import type { ReplayFilter, SubAgent } from "../../../extension/src/protocol/messages";
import type { PageState } from "../../../extension/src/shared/pageState";
import { waitFor } from "../support/waitFor";
import { event, record } from "./records";
import { OPEN } from "./smallSession";

const called = { callId: "t1", name: "Task", target: "Find uses", action: "agent", paths: [] } as const;
const RECORDS = [
  record(0, [event({ kind: "prompt" })]),
  record(1, [event({ kind: "subAgent", label: "Explore", tool: called, partner: 2 })]),
  record(2, [event({ kind: "toolResult", tool: { ...called, name: "" }, partner: 1 })]),
  record(3, [event({ kind: "reply" })]),
];
const AGENTS: readonly SubAgent[] = [
  { key: "t1", name: "Explore", task: "Find uses", index: 1, isInside: false },
  { key: "#9", name: "", task: "Warm\u202eup", index: 9, isInside: true },
];

let root: HTMLElement;
let store: ReplayStore;
let asked: ReplayFilter[];
let runs: readonly number[];
let kept: PageState | undefined;

beforeEach(async () => {
  vi.spyOn(HTMLElement.prototype, "clientHeight", "get").mockReturnValue(800);
  vi.stubGlobal("matchMedia", () => ({ matches: false }));
  HTMLElement.prototype.showPopover = () => undefined;
  HTMLElement.prototype.hidePopover = () => undefined;
  kept = undefined;
  await load();
});

afterEach(() => {
  render(null, root);
  root.remove();
});

async function load(): Promise<void> {
  asked = [];
  runs = [1, 2];
  const bridge: Record<string, unknown> = {
    loadState: () => kept,
    saveState: (state: PageState) => {
      kept = state;
    },
    loadHabits: () => ({}),
    request: (method: string, { filter = {}, start = 0 }: { filter?: ReplayFilter; start?: number } = {}) => {
      const count = RECORDS.length;
      if (method === "filter") {
        asked.push(filter);
      }
      const results: Record<string, unknown> = {
        window: { start: 0, records: RECORDS, recordCount: count },
        subAgents: { agents: AGENTS, agentCount: AGENTS.length, isComplete: true },
        filter: { start, until: count, runs: start === 0 ? runs : [] },
      };
      return method in results ? Promise.resolve(results[method]) : new Promise(() => undefined);
    },
  };
  const deaf = new Proxy(bridge, { get: (known, name) => known[String(name)] ?? (() => undefined) });
  root = document.body.appendChild(document.createElement("div"));
  store = new ReplayStore(deaf as unknown as Bridge);
  await act(() => render(<App store={store} />, root));
  await act(() => store.receive({ ...OPEN, info: OPEN.info && { ...OPEN.info, recordCount: RECORDS.length } }));
  await waitFor("something is drawn", () => find("[data-event]"));
}

function find(selector: string): HTMLElement | undefined {
  return root.querySelector<HTMLElement>(selector) ?? undefined;
}

const note = (): string => find(".filter-note span")?.textContent ?? "";
const shown = (): readonly (string | undefined)[] =>
  [...root.querySelectorAll<HTMLElement>("[data-event]")].map((each) => each.dataset["event"]);

async function agentSelect(): Promise<HTMLSelectElement> {
  await act(() => store.finding.filters.toggleMenu(true));
  await waitFor("the sub-agents are told", () => store.finding.agents.isKnown);
  const found = [...root.querySelectorAll("select")].find((each) => each.textContent?.includes("Without sub-agents"));
  return found as HTMLSelectElement;
}

test("the menu names the sub-agents as their calls are named, and shows only the one that is chosen", async () => {
  const select = await agentSelect();
  await waitFor("they are listed", () => select.querySelectorAll("optgroup option").length === 2);
  const names = [...select.querySelectorAll("optgroup option")].map((each) => each.textContent);
  expect(names).toEqual(["Explore: Find uses", "Sub-agent: Warm⟨U+202E⟩up"]);
  select.value = "one t1";
  await act(() => {
    select.dispatchEvent(new Event("change", { bubbles: true }));
  });
  await waitFor("the rest is hidden", () => shown().join() === "1:0,2:0");
  expect(asked.at(-1)).toMatchObject({ agent: "t1", agents: "all" });
  const told = "only of Explore: Find uses. The rest of what it did is in a session of its own";
  await waitFor("it is told", () => note() === `Shown: 2 of 4 records, ${told}`);
  select.value = "main";
  await act(() => {
    select.dispatchEvent(new Event("change", { bubbles: true }));
  });
  expect(store.finding.filters.choice).toMatchObject({ agent: null, agents: "main" });
});

test("a choice is kept over a reload, and named without the menu", async () => {
  await act(() => store.finding.filters.choose({ agent: "#9" }));
  store.saveNow();
  render(null, root);
  root.remove();
  await load();
  await waitFor("it is named", () => note().includes("only of Sub-agent: Warm⟨U+202E⟩up"));
  expect(asked[0]).toMatchObject({ agent: "#9" });
});

test("one that the session doesn't have any more stays in the menu, and nothing of it is shown", async () => {
  runs = [];
  await act(() => store.finding.filters.choose({ agent: "gone" }));
  await waitFor("it is told", () => note() === "Nothing in this session is what the filters show.");
  const select = await agentSelect();
  expect(select.selectedOptions[0]?.textContent).toBe("Sub-agent");
});

test("where only sub-agents are asked for that worked elsewhere, that is told", async () => {
  runs = [];
  await act(() => store.finding.filters.choose({ agents: "sub" }));
  await waitFor("it is told", () => note().endsWith(" show. Its sub-agents worked in sessions of their own."));
});

test("the menu of its call shows only that sub-agent, whatever was chosen before", async () => {
  await act(() => store.finding.filters.choose({ hiddenKinds: ["toolResult"] }));
  await act(() => find('[data-event="1:0"] [data-menu]')?.click());
  const item = [...root.querySelectorAll<HTMLElement>("[role='menuitem']")].find(
    ({ textContent }) => textContent === "Show only this sub-agent",
  );
  await act(() => item?.click());
  expect(asked.at(-1)).toMatchObject({ agent: "t1", hiddenKinds: [] });
});
