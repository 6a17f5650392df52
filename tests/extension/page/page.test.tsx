// @vitest-environment happy-dom
import { render } from "preact";
import { afterEach, beforeEach, expect, test, vi } from "vitest";
import { Bridge } from "../../../extension/src/page/bridge";
import { KEY_TABLE } from "../../../extension/src/page/keys/table";
import { ReplayStore } from "../../../extension/src/page/store/replayStore";
import { App } from "../../../extension/src/page/view/App";
import type { Snapshot } from "../../../extension/src/shared/messages";
import { waitFor } from "../support/waitFor";
import { OPEN, RECORDS, STATISTICS, WORK } from "./smallSession";

let saved: unknown;
let posted: { type: string; clientId: string; id?: number; method?: string; params?: Record<string, number> }[];
let root: HTMLElement;
let store: ReplayStore;

beforeEach(() => {
  // There is no layout here: a window of some height, in which all rows have their estimated one.
  vi.spyOn(HTMLElement.prototype, "clientHeight", "get").mockReturnValue(800);
  saved = undefined;
  posted = [];
  vi.stubGlobal("acquireVsCodeApi", () => ({
    getState: () => saved,
    setState: (state: unknown) => {
      saved = state;
    },
    postMessage: (message: (typeof posted)[number]) => {
      posted.push(message);
      answer(message);
    },
  }));
  load();
});

afterEach(() => {
  render(null, root);
  root.remove();
});

function load(): void {
  root = document.body.appendChild(document.createElement("div"));
  const bridge = new Bridge(
    (snapshot) => store.receive(snapshot),
    () => store.saveNow(),
  );
  store = new ReplayStore(bridge);
  render(<App store={store} />, root);
  bridge.ready();
}

function answer({ type, clientId, id, method, params }: (typeof posted)[number]): void {
  if (type !== "request") {
    return;
  }
  const start = params?.["start"] ?? 0;
  const results: Record<string, unknown> = {
    window: { start, records: RECORDS.slice(start, start + (params?.["count"] ?? 0)), recordCount: RECORDS.length },
    text: { offset: params?.["offset"], value: " done", totalChars: 10 },
    raw: { offset: 0, value: '{"type":"user"}', totalChars: 15 },
    attachment: { offset: params?.["offset"], value: params?.["offset"] === 0 ? "12 pas" : "sing", totalChars: 10 },
    statistics: STATISTICS,
    work: { groups: [WORK], groupCount: 1, isComplete: true },
    jump: { index: params?.["start"] === 0 ? 4 : null, isComplete: true },
    filter: { start: 0, until: RECORDS.length, runs: [0, 1] },
    act: { done: true },
  };
  hear({ type: "response", clientId, id, ok: true, result: results[method ?? ""] });
}

function hear(message: unknown): void {
  dispatchEvent(new MessageEvent("message", { data: message, source: null }));
}

function show(change: Partial<Snapshot>, info: Partial<NonNullable<Snapshot["info"]>> = {}): void {
  const clientId = posted.find(({ type }) => type === "ready")?.clientId;
  const snapshot = { ...OPEN, info: OPEN.info && { ...OPEN.info, ...info }, ...change };
  hear({ type: "snapshot", clientId, snapshot });
}

function find(selector: string): HTMLElement | undefined {
  return root.querySelector<HTMLElement>(selector) ?? undefined;
}

async function open(): Promise<void> {
  show({});
  await waitFor("the events are drawn", () => find('[data-event="5:0"]'));
}

function press(key: string): void {
  document.dispatchEvent(new KeyboardEvent("keydown", { key, bubbles: true, cancelable: true }));
}

test("every kind of event is drawn, and a record without one takes no part", async () => {
  await open();
  const labels = [...root.querySelectorAll("article")].map((article) => article.getAttribute("aria-label"));
  expect(labels.map((label) => label?.replace(/, .*/, ""))).toEqual([
    ...["Prompt", "Thinking", "Bash", "Failed", "Reply of a sub-agent"],
  ]);
});

test("a session that is being loaded is searched from its beginning on, however far ahead the reader is", async () => {
  await open();
  vi.spyOn(store.layout, "visible").mockReturnValue([4, 5]);
  const { search } = store.finding;
  const started = () => posted.filter(({ method }) => method === "search").map(({ params }) => params?.["start"]);
  search.open();
  search.type("word");
  await waitFor("a search", () => started().length > 0);
  show({}, { missingBytes: 1536 });
  search.type("words");
  await waitFor("another search", () => started().length > 1);
  expect(started()).toMatchObject([{ index: 4 }, { index: 0 }]);
});

test("records that only had to be loaded are no news, and what is on its way is told", async () => {
  show({}, { recordCount: 3, missingBytes: 1536 });
  await waitFor("the beginning is drawn", () => find('[data-event="2:0"]'));
  expect(find(".facts")?.textContent).toContain("25 % loaded");
  show({}, { missingBytes: 0 });
  await waitFor("the rest is drawn", () => find('[data-event="5:0"]'));
  expect(find(".facts")?.textContent).not.toContain("loaded");
  expect(store.newCount).toBe(0);
  show({}, { recordCount: RECORDS.length + 1 });
  expect(store.newCount).toBe(store.following ? 0 : 1);
});

test("the header tells what the session adds up to", async () => {
  await open();
  await waitFor("the figures are shown", () => find(".facts")?.textContent?.includes("1.2M tokens"));
  expect(find(".facts")?.textContent).toContain("2 tool calls");
  expect(find('.facts [title*="m-1: 1,234,030"]')).toBeDefined();
});

test("what leads from the panel of a narrow page back to the session is no habit; the reader's own closing is", async () => {
  vi.stubGlobal("innerWidth", 500);
  await open();
  store.saveNow();
  const told = () => posted.filter(({ type }) => type === "prefer");
  press("b");
  store.saveNow();
  expect(told()).toMatchObject([{ habits: { panel: { isOpen: true } } }]);
  await waitFor("the panel has the focus", () => document.activeElement?.closest(".panel") != null);
  press("Escape");
  expect(store.panel.isOpen).toBe(false);
  store.saveNow();
  expect(told()).toHaveLength(1);
  press("b");
  press("b");
  store.saveNow();
  expect(told().slice(1)).toMatchObject([{ habits: { panel: { isOpen: false } } }]);
});

test("the list is a feed whose articles tell their place", async () => {
  await open();
  expect(find("[role=feed]")?.getAttribute("aria-label")).toBe("Session");
  expect(find('[data-event="3:0"]')?.getAttribute("aria-posinset")).toBe("4");
  expect(find('[data-event="3:0"]')?.getAttribute("aria-setsize")).toBe("6");
});

test("thinking, calls and results are one line until they are opened", async () => {
  await open();
  const call = find('[data-event="3:0"] [data-fold]');
  expect(call?.textContent).toContain("npm test");
  expect(call?.getAttribute("aria-expanded")).toBe("false");
  expect(find('[data-event="3:0"] .code')).toBeUndefined();
  call?.click();
  await waitFor("the input is shown", () => find('[data-event="3:0"] .code'));
  expect(call?.getAttribute("aria-expanded")).toBe("true");
});

test("the rest of a cut text is loaded in place", async () => {
  await open();
  expect(find('[data-event="5:0"] .more-count')?.textContent).toBe("5 of 9 characters");
  find('[data-event="5:0"] .more button')?.click();
  await waitFor("the rest is shown", () => find('[data-event="5:0"]')?.textContent?.includes("It is done"));
  expect(find('[data-event="5:0"] .more')).toBeUndefined();
});

test("all of an output that the transcript only begins is loaded on demand, in pages, and hidden again", async () => {
  await open();
  find('[data-event="4:0"] [data-fold]')?.click();
  const offer = await waitFor("the offer", () => find('[data-event="4:0"] .more button'));
  expect(offer.textContent).toBe("Show all output");
  offer.click();
  await waitFor("its first page", () => find('[data-event="4:0"] .raw pre')?.textContent === "12 pas");
  expect(posted.findLast(({ type }) => type === "request")).toMatchObject({
    method: "attachment",
    params: { name: "b1.txt", offset: 0 },
  });
  find('[data-event="4:0"] .more button')?.click();
  await waitFor("all of it", () => find('[data-event="4:0"] .raw pre')?.textContent === "12 passing");
  expect(find('[data-event="4:0"] .more')).toBeUndefined();
  find('[data-event="4:0"] .raw-head button')?.click();
  await waitFor("the offer again", () => find('[data-event="4:0"] .more button')?.textContent === "Show all output");
});

function choose(words: string): void {
  [...root.querySelectorAll<HTMLElement>("[role='menuitem']")].find((item) => item.textContent === words)?.click();
}

test("each event's menu shows its raw line, and hides it again", async () => {
  HTMLElement.prototype.showPopover ??= () => undefined;
  await open();
  find('[data-event="0:0"] [data-menu]')?.click();
  await waitFor("the menu", () => find("[role='menu']"));
  choose("Show raw line");
  await waitFor("the raw line is shown", () => find(".raw pre")?.textContent === '{"type":"user"}');
  find('[data-event="0:0"] [data-menu]')?.click();
  await waitFor("the menu", () => find("[role='menu']"));
  choose("Hide raw line");
  await waitFor("the raw line is gone", () => find(".raw") === undefined);
});

test("the header tells title, origin, redaction and count, and live in words", async () => {
  show({}, { isLive: true });
  const facts = await waitFor("the header", () => find(".facts"));
  expect(find("h1")?.textContent).toBe("My session");
  expect(facts.textContent).toContain("Claude Code");
  expect(facts.textContent).toContain("From the bucket");
  expect(facts.textContent).toContain("Redacted");
  expect(facts.textContent).toContain("6 records");
  expect(find(".badge-live")?.textContent).toBe("Live");
});

test.each([
  ["onlyInBucket", "Only in your bucket"],
  ["otherMachine", "Mirrored by workstation"],
  ["earlier", "Rewritten"],
] as const)("the header tells who has the session (%s)", async (standing, words) => {
  show({}, { standing, machine: "workstation" });
  const facts = await waitFor("the header", () => find(".facts"));
  expect(facts.textContent).toContain(words);
});

test("a mirror with a hole is told of in the header and where the records stop", async () => {
  show({}, { problem: { message: "Part 7 is missing.", hint: "Compact again.", retryable: false } });
  await waitFor("the end", () => find(".ending")?.textContent === "Part 7 is missing. Compact again.");
  expect(find(".facts")?.textContent).toContain("Incomplete");
});

test("a failed opening shows why and what to do, and Retry asks the host", async () => {
  show({ phase: "failed", info: null, problem: { message: "Denied.", hint: "Sign in.", retryable: true } });
  const alert = await waitFor("the failure", () => find("[role=alert]"));
  expect(alert.textContent).toContain("Denied.");
  expect(alert.textContent).toContain("Sign in.");
  find("button.button")?.click();
  expect(posted.some(({ type }) => type === "retry")).toBe(true);
  expect(root.querySelectorAll("header button"), "nothing that needs records").toHaveLength(1);
});

test("opening tells what it is busy with", async () => {
  show({ phase: "opening", info: null, progress: "12 of 40 parts" });
  await waitFor("the progress", () => find("[role=status]")?.textContent === "12 of 40 parts");
});

test("a session without records says what will happen", async () => {
  show({}, { recordCount: 0, isLive: true });
  await waitFor("the empty state", () => root.textContent?.includes("appears here by itself"));
});

test("j and k move the focus from event to event, past empty records", async () => {
  await open();
  const at = () => document.activeElement?.getAttribute("data-event");
  for (const [key, place] of [
    ["j", "0:0"],
    ["j", "2:0"],
    ["j", "3:0"],
    ["k", "2:0"],
    ["k", "0:0"],
    ["k", "0:0"],
  ]) {
    press(key ?? "");
    await waitFor(`${key} leads to ${place}`, () => at() === place);
  }
});

test("the help names every key of the table", async () => {
  await open();
  press("?");
  const dialog = await waitFor("the help", () => find("dialog"));
  for (const { does } of KEY_TABLE) {
    expect(dialog.textContent).toContain(does);
  }
});

test("what was open and where the reader was is kept for after a reload, and nothing of the content", async () => {
  await open();
  find('[data-event="2:0"] [data-fold]')?.click();
  store.saveNow();
  expect(saved).toMatchObject({ version: 1, target: OPEN.target, open: ["2:0"] });
  expect(JSON.stringify(saved)).not.toContain("think");
  render(null, root);
  root.remove();
  posted = [];
  load();
  await open();
  expect(find('[data-event="2:0"] [data-fold]')?.getAttribute("aria-expanded")).toBe("true");
});

test("what the tab shows is kept as soon as it is known, for a reload that comes at once", () => {
  show({ phase: "opening", info: null });
  expect(saved).toMatchObject({ version: 1, target: OPEN.target });
});

test("a message for another load of the page, or of no known shape, changes nothing", async () => {
  await open();
  hear({ type: "snapshot", clientId: "another", snapshot: { ...OPEN, info: { ...OPEN.info, title: "Other" } } });
  const clientId = posted.find(({ type }) => type === "ready")?.clientId;
  hear({ type: "snapshot", clientId, snapshot: { ...OPEN, info: { title: "Other" } } });
  expect(store.snapshot?.info?.title).toBe("My session");
});

test("content that was replaced is read anew, with nothing left open", async () => {
  await open();
  find('[data-event="2:0"] [data-fold]')?.click();
  posted = posted.filter(({ type }) => type === "ready");
  show({ edition: 2, opening: 1 });
  await waitFor("it is asked for again", () => posted.some(({ method }) => method === "window"));
  await waitFor("it is drawn again", () => find('[data-event="2:0"]'));
  expect(find('[data-event="2:0"] [data-fold]')?.getAttribute("aria-expanded")).toBe("false");
});

test("a record that shows nothing is there for who wants its raw line, and gone again", async () => {
  HTMLElement.prototype.showPopover ??= () => undefined;
  await open();
  expect(find('[data-event="1:0"]')).toBeUndefined();
  store.reading.bookkeeping.toggle();
  const article = await waitFor("the record", () => find('[data-event="1:0"]'));
  expect(article.getAttribute("aria-label")).toMatch(/^Bookkeeping/);
  article.querySelector<HTMLElement>("[data-menu]")?.click();
  await waitFor("the menu", () => find("[role='menu']"));
  choose("Show raw line");
  await waitFor("the raw line is shown", () => find(".raw pre")?.textContent === '{"type":"user"}');
  store.reading.bookkeeping.toggle();
  await waitFor("it is gone", () => find('[data-event="1:0"]') === undefined);
});

test("a link pauses what is played, takes the playhead along, and clears filters that hide the moment", async () => {
  await open();
  store.playback.player.play(0);
  show({ goTo: { id: 1, index: 3 } });
  expect([store.playback.player.isPlaying, store.playback.player.index]).toEqual([false, 3]);
  expect(store.notices.activity).toBe("To show this place: paused");
  expect(store.current).toEqual({ index: 3, field: 0 });

  store.finding.filters.choose({ errorsOnly: true });
  await waitFor("the filter", () => store.finding.filters.hides(4));
  show({ goTo: { id: 2, index: 0 } });
  expect(store.finding.filters.isActive, "what is shown anyway leaves the filters alone").toBe(true);
  show({ goTo: { id: 3, index: 4 } });
  expect([store.finding.filters.isActive, store.current?.index]).toEqual([false, 4]);
});

test("a key copies a link to the record that the reader is at, or that is being played", async () => {
  await open();
  const linked = () => posted.filter(({ method }) => method === "act").map(({ params }) => params?.["index"]);
  store.current = { index: 4, field: 0 };
  press("y");
  store.playback.player.goTo(2);
  store.playback.player.play(0);
  press("y");
  expect(linked()).toEqual([4, 2]);
  await waitFor("the notice", () => store.notices.activity === "Link to this moment copied");
});

test("the way back to where the session was left is offered in a new tab, and gone once it was taken", async () => {
  show({ leftAt: 3 });
  const offer = () =>
    [...root.querySelectorAll("button")].find((each) => each.textContent === "Back to where you were");
  await waitFor("the offer", offer);
  offer()?.click();
  expect(posted.at(-1)).toMatchObject({ type: "goBack" });
  show({ leftAt: 3, goTo: { id: 1, index: 3 } });
  await waitFor("the place", () => offer() === undefined && store.current?.index === 3);
});

test("compact, the work between a prompt and its reply is a line that opens, by key and by who goes into it", async () => {
  await open();
  press("l");
  const head = await waitFor("the work's line", () => find('[data-event="2:-1"]'));
  expect(head.getAttribute("aria-label")).toBe("Worked for 2 s, 1 call, 1 failed");
  expect([head.getAttribute("aria-posinset"), head.getAttribute("aria-setsize")]).toEqual([
    "3",
    String(RECORDS.length),
  ]);
  await waitFor("it is folded", () => find('[data-event="3:0"]') === undefined || undefined);
  expect(find('[data-event="2:0"]')).toBeUndefined();
  find('[data-event="2:-1"] [data-fold]')?.click();
  await waitFor("it is open", () => find('[data-event="3:0"]'));
  expect(find('[data-event="2:-1"] [data-fold]')?.getAttribute("aria-expanded")).toBe("true");
  find('[data-event="2:-1"] [data-fold]')?.click();
  await waitFor("it is folded again", () => find('[data-event="3:0"]') === undefined || undefined);
  press("e");
  await waitFor("who goes to its error opens it", () => find('[data-event="4:0"]'));
  expect(document.activeElement?.getAttribute("data-event")).toBe("4:0");
  press("e");
  await waitFor(
    "there is no other",
    () => root.querySelector("[aria-live=polite]")?.textContent?.trim() === "No further errors" || undefined,
  );
  press("l");
  await waitFor("everything is shown", () => find('[data-event="2:-1"]') === undefined || undefined);
});
