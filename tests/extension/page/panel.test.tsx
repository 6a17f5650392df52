// @vitest-environment happy-dom
import { type ComponentChild, render } from "preact";
import { afterEach, beforeEach, expect, test, vi } from "vitest";
import type { Bridge } from "../../../extension/src/page/bridge";
import { commandFor, focusKind } from "../../../extension/src/page/keys/table";
import { SidePanelStore } from "../../../extension/src/page/store/sidePanel";
import { Figures } from "../../../extension/src/page/view/panel/Figures";
import { Files, spelled } from "../../../extension/src/page/view/panel/Files";
import { Outline } from "../../../extension/src/page/view/panel/Outline";
import { Resizer } from "../../../extension/src/page/view/panel/Resizer";
import type { TouchedFile, Turn } from "../../../extension/src/protocol/messages";
import type { StatisticsResult } from "../../../extension/src/shared/messages";
import type { SavedPanel } from "../../../extension/src/shared/pageState";
import { waitFor } from "../support/waitFor";
import { turn } from "./records";

const ROW = 46;

let turns: readonly Turn[];
let files: readonly TouchedFile[];
let asked: string[];
let went: number[];
let root: HTMLElement;
let panel: SidePanelStore;
let draw: () => void;

beforeEach(() => {
  vi.spyOn(HTMLElement.prototype, "clientHeight", "get").mockReturnValue(10 * ROW);
  turns = Array.from({ length: 10_000 }, (_, n) => turn(n * 10, n, { toolCalls: 2, errors: n === 1 ? 1 : 0 }));
  files = [];
  asked = [];
  went = [];
  root = document.body.appendChild(document.createElement("div"));
  draw = () => undefined;
});

afterEach(() => {
  render(null, root);
  root.remove();
  vi.restoreAllMocks();
});

const request = ((method: "turns" | "files", { start }: { start: number }) => {
  asked.push(method);
  return Promise.resolve(
    method === "turns"
      ? { turns: turns.slice(start, start + 256), turnCount: turns.length, isComplete: true }
      : { files: files.slice(start, start + 200), fileCount: files.length, isComplete: true },
  );
}) as Bridge["request"];

function open(view: () => ComponentChild, saved: Partial<SavedPanel> = {}): void {
  panel = new SidePanelStore({ request }, { isOpen: true, tab: "outline", width: 300, ...saved }, undefined, () =>
    draw(),
  );
  draw = () => render(view(), root);
  panel.sessionAt("1", "1");
  draw();
}

const go = (index: number) => went.push(index);
const outline = (place = 0) => <Outline panel={panel} place={place} onGo={go} />;
const picks = () => [...root.querySelectorAll<HTMLElement>("[data-pick]")];

test("ten thousand prompts are an outline of which only what is in sight is in the document", async () => {
  open(() => outline(25));
  await waitFor("all are known", () => panel.turns.all.length === 10_000);
  const rows = await waitFor("rows", () => (picks().length > 5 ? picks() : undefined));
  expect(rows.length).toBeLessThan(40);
  expect(root.querySelector("li")?.getAttribute("aria-setsize")).toBe("10000");
  expect(root.querySelector("[aria-current=location]")?.textContent).toContain("Prompt 20");
});

test("a chapter tells what it led to, and leads to where it begins", async () => {
  open(outline);
  const second = await waitFor("the second", () => picks()[1]);
  expect(second.textContent).toMatch(/Prompt 10.*2 calls.*1 tokens.*1 error/);
  second.click();
  expect(went).toEqual([10]);
});

test("the outline is one Tab stop at the reader's chapter, and arrows move through it", async () => {
  open(() => outline(25));
  await waitFor("rows", () => picks().length > 5);
  const stops = () => picks().filter((each) => each.tabIndex === 0);
  expect(stops().map((each) => each.textContent?.slice(0, 9))).toEqual(["Prompt 20"]);
  stops()[0]?.focus();
  for (const [key, words] of [
    ["ArrowDown", "Prompt 30"],
    ["Home", "Prompt 0"],
    ["End", "Prompt 99990"],
    ["ArrowUp", "Prompt 99980"],
  ]) {
    document.activeElement?.dispatchEvent(
      new KeyboardEvent("keydown", { key: key ?? "", bubbles: true, cancelable: true }),
    );
    root.querySelector(".panel-list")?.dispatchEvent(new Event("scroll"));
    await waitFor(`${key} leads to ${words}`, () => document.activeElement?.textContent?.startsWith(words ?? ""));
    expect(stops()).toHaveLength(1);
  }
});

test("the outline is narrowed by words, in which no letter is a shortcut", async () => {
  open(outline);
  const field = await waitFor("the field", () => root.querySelector("input") ?? undefined);
  field.focus();
  const typing = focusKind(document.activeElement);
  const press = { shiftKey: false, ctrlKey: false, altKey: false, metaKey: false, isComposing: false };
  for (const key of ["b", "j", " ", "5", "?", "ArrowLeft", "Home"]) {
    expect(commandFor({ key, ...press }, typing), key).toBeUndefined();
  }
  field.value = "PROMPT 9999";
  field.dispatchEvent(new Event("input", { bubbles: true }));
  await waitFor("one is left", () => picks().length === 1 || picks().length === 2);
  expect(picks()[0]?.textContent).toContain("Prompt 9999");
  field.dispatchEvent(new KeyboardEvent("keydown", { key: "Escape", bubbles: true, cancelable: true }));
  await waitFor("all are back", () => picks().length > 5);
});

test("a file tells how often it was read and written, and leads to the first and the last time", async () => {
  const path = "/home/ada/app/src/a.py";
  files = [{ path, firstIndex: 3, lastIndex: 9, firstAtMs: 1e12, lastAtMs: 1e12, reads: 1, writes: 2 }];
  open(() => <Files panel={panel} cwd="/home/ada/app" onGo={go} />, { tab: "files" });
  await waitFor("the file", () => picks()[0]);
  expect(root.querySelector(".panel-file")?.textContent).toMatch(/a\.pysrc.*1 read, 2 writes/);
  const [name, first, last] = root.querySelectorAll<HTMLElement>("button");
  for (const button of [name, first, last]) {
    button?.click();
  }
  expect(went).toEqual([3, 3, 9]);
});

test.each([
  ["/home/ada/app/src/a.py", "/home/ada/app", "a.py", "src"],
  ["/home/ada/application/a.py", "/home/ada/app", "a.py", "/home/ada/application"],
  ["C:\\app\\a.py", "C:\\app", "a.py", ""],
  ["/a.py", null, "a.py", "/"],
  ["a.py", "", "a.py", ""],
])("the path %s is told from %s as %s in '%s'", (path, cwd, name, folder) => {
  expect(spelled(path, cwd)).toEqual({ name, folder });
});

test("the numbers tell what was spent until the place that is read", async () => {
  const tokens = { input: 10, output: 5, cacheRead: 0, cacheWrite: 0, reasoning: 0, total: 15 };
  turns = [turn(0, 5), turn(10, 10)];
  const statistics: StatisticsResult = {
    statistics: {
      ...{ lines: 6, bookkeeping: 1, firstAtMs: 1e12, lastAtMs: 1e12 + 7_200_000, tokens, events: [] },
      tools: [{ name: "Bash", count: 2 }],
      models: [{ model: "m-1", tokens }],
    },
    ...{ isComplete: true, images: 0, imageBytes: 0 },
  };
  let place = 0;
  open(() => <Figures panel={panel} told={statistics} playedMs={61_000} place={place} onGo={go} />, { tab: "numbers" });
  await waitFor("the turns", () => root.textContent?.includes("Turn 1 of 2 · 5 of 15 tokens"));
  expect(root.textContent).toContain("Took2 h");
  expect(root.textContent).toContain("Is played in1 min");
  expect(root.querySelector("svg[role=img]")?.getAttribute("aria-label")).toBe(
    "Tokens of turn 1 to turn 2; most in turn 2: 10",
  );
  place = 12;
  draw();
  expect(root.textContent).toContain("Turn 2 of 2 · 15 of 15 tokens");
  expect(root.textContent).not.toContain("Images");
  Object.assign(statistics, { images: 1200, imageBytes: 3_400_000 });
  draw();
  expect(root.textContent).toContain("ImagesIn all1,200Size, about3.4 MB");
  Object.assign(statistics, { imageBytes: 0 });
  draw();
  expect(root.textContent, "none of them is in the session").not.toContain("Size, about");
});

test("tokens that a session doesn't tell turn by turn are told of all of it, and of no turn", async () => {
  turns = [turn(0), turn(10)];
  const tokens = { input: 1234, output: 0, cacheRead: 0, cacheWrite: 0, reasoning: 0, total: 1234 };
  const told: StatisticsResult = {
    statistics: {
      ...{ lines: 20, bookkeeping: 0, firstAtMs: null, lastAtMs: null, events: [], tools: [], models: [], tokens },
    },
    ...{ isComplete: true, images: 0, imageBytes: 0 },
  };
  open(() => <Figures panel={panel} told={told} playedMs={0} place={12} onGo={go} />, { tab: "numbers" });
  const lead = await waitFor("the place", () => root.querySelector(".figures-lead")?.textContent ?? undefined);
  expect(lead).toBe("Turn 2 of 2");
  expect(root.querySelector(".panel-note")?.textContent).toMatch(/^1\.2\s?k tokens in all/i);
  expect(root.querySelector(".chart")).toBeNull();
});

test("nothing is asked for while the panel is closed, and only what is shown", async () => {
  open(outline, { isOpen: false });
  expect(asked).toEqual([]);
  panel.show("files");
  panel.toggle();
  await waitFor("it is asked", () => asked.length > 0);
  expect(new Set(asked)).toEqual(new Set(["files"]));
  expect(panel.saved).toEqual({ isOpen: true, tab: "files", width: 300 });
});

test("on a narrow page the panel makes way for the session, which is nobody's choice; closing it is one", () => {
  vi.stubGlobal("innerWidth", 700);
  const habit = { isOpen: true, tab: "outline", width: 300 } as const;
  panel = new SidePanelStore({ request }, undefined, habit, () => undefined);
  expect(panel.isOpen, "no tab begins with a session that is covered").toBe(false);
  expect(panel.habit).toEqual(habit);
  panel.toggle();
  panel.giveWay();
  expect([panel.isOpen, panel.saved.isOpen, panel.habit]).toEqual([false, false, habit]);
  panel.toggle();
  panel.toggle();
  expect(panel.habit).toEqual({ ...habit, isOpen: false });
});

test("on a wide page the panel stays beside the session, and a tab that is restored has it as it was there", () => {
  vi.stubGlobal("innerWidth", 701);
  const habit = { isOpen: true, tab: "outline", width: 300 } as const;
  panel = new SidePanelStore({ request }, undefined, habit, () => undefined);
  panel.giveWay();
  expect(panel.isOpen).toBe(true);
  const restored = new SidePanelStore({ request }, { ...habit, isOpen: false }, habit, () => undefined);
  expect([restored.isOpen, restored.habit.isOpen]).toEqual([false, true]);
});

test("the panel's edge is moved by arrow keys, within bounds", () => {
  open(() => <Resizer panel={panel} />);
  const edge = () => root.querySelector<HTMLElement>("[role=separator]");
  const press = (key: string) => edge()?.dispatchEvent(new KeyboardEvent("keydown", { key, bubbles: true }));
  press("ArrowLeft");
  expect(edge()?.getAttribute("aria-valuenow")).toBe("324");
  for (let n = 0; n < 40; n += 1) {
    press("ArrowRight");
  }
  expect(edge()?.getAttribute("aria-valuenow")).toBe(edge()?.getAttribute("aria-valuemin"));
});
