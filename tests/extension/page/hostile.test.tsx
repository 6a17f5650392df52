// @vitest-environment jsdom
// The sanitiser doesn't work in happy-dom, which skips nodes while others are removed.
import { render } from "preact";
import { act } from "preact/test-utils";
import { afterEach, beforeAll, beforeEach, describe, expect, test, vi } from "vitest";
import type { Bridge } from "../../../extension/src/page/bridge";
import { renderMarkdown, sanitize } from "../../../extension/src/page/markdown/render";
import { ReplayStore } from "../../../extension/src/page/store/replayStore";
import { bringColours } from "../../../extension/src/page/text/colours";
import {
  codeFragment,
  diffFragment,
  numberedFragment,
  outputFragment,
} from "../../../extension/src/page/text/fragments";
import { diffOf } from "../../../extension/src/page/tools/diffLines";
import { App } from "../../../extension/src/page/view/App";
import type { ReplayEvent, ToolCall } from "../../../extension/src/protocol/messages";
import type { Snapshot } from "../../../extension/src/shared/messages";
import { CANARY, CLOBBERING, PAYLOADS } from "../../e2e/support/payloads";
import { waitFor } from "../support/waitFor";
import { event, record, turn } from "./records";

beforeAll(bringColours);

/** All elements that the page is made of, and all attributes that they may have. */
const ELEMENTS = new Set(
  [
    ...[
      "a article aside bdi br button code dd details dialog div dl dt em fieldset footer h1 h2 h3 h4 h5 h6 header hr",
    ],
    ...["input kbd label legend li main ol option output p path pre rect s search section select span strong summary"],
    ...["svg table tbody td th thead time title tr ul blockquote g"],
  ].flatMap((names) => names.split(" ")),
);
const ATTRIBUTES = new Set(
  [
    ...["class id role tabindex title dir type start datetime value checked selected disabled maxlength placeholder"],
    ...[
      "autocomplete spellcheck popover viewbox preserveaspectratio focusable d width height x y for name hidden style",
    ],
  ].flatMap((names) => names.split(" ")),
);
/** The page's own script puts rows where they belong; a transcript can't. */
const PLACED = /^(?:(?:height|top|left|--[a-z-]+|width): [-\d.]+(?:px|%)?;? ?)+$/;

function expectInert(root: ParentNode): void {
  expect([...root.querySelectorAll("*")].flatMap(wrongWith)).toEqual([]);
  expect(CANARY in globalThis).toBe(false);
  expect({}).not.toHaveProperty("polluted");
}

function wrongWith(element: Element): readonly string[] {
  const wrong = [...element.attributes].filter(({ name, value }) =>
    name === "style"
      ? !PLACED.test(value)
      : name === "data-url"
        ? new URL(value).protocol !== "https:"
        : !ATTRIBUTES.has(name.toLowerCase()) && !/^(?:aria|data)-[a-z-]+$/.test(name),
  );
  const isKnown = ELEMENTS.has(element.localName) && !CLOBBERING.includes(element.id) && wrong.length === 0;
  return isKnown ? [] : [element.outerHTML.slice(0, 200)];
}

function inDocument(...nodes: readonly (Node | string)[]): HTMLElement {
  const root = document.createElement("div");
  root.append(...nodes);
  return root;
}

const LANGUAGES = ["xml", "markdown", "typescript", "bash"];

/** Each payload went through each renderer by itself; in the page's fields names that mean something have to. */
const HANDFULS = [...CLOBBERING.slice(0, 5), ...handfuls(PAYLOADS, 40)];

test("there are more than a hundred payloads, and each is another", () => {
  expect(PAYLOADS.length).toBeGreaterThan(150);
  expect(new Set(PAYLOADS).size).toBe(PAYLOADS.length);
});

describe.each([
  ["Markdown", (text: string) => [renderMarkdown(text) ?? "", renderMarkdown(`> - ${text}`) ?? ""]],
  ["markup that got past the renderer", (text: string) => [sanitize(text)]],
  ["terminal output", (text: string) => [outputFragment(text), outputFragment(`\u001b[31m${text}\u001b[0m`)]],
  ["code", (text: string, language: string) => [codeFragment(text, language)]],
  ["numbered code", (text: string, language: string) => [numberedFragment([text, text], 1, language)]],
  ["a diff", (text: string, language: string) => [diffFragment(diffOf(text, `${text}\n${text}`, true), language)]],
])("as %s", (_, draw) => {
  test("no payload becomes anything but text", () => {
    for (const [position, payload] of PAYLOADS.entries()) {
      expectInert(inDocument(...draw(payload, LANGUAGES[position % LANGUAGES.length] ?? "")));
    }
  }, 60_000);
});

test.each(["terminal output", "code"])("%s keeps every character that can be seen", (form) => {
  const isTyped = (payload: string): boolean => !/\p{Cc}/u.test(payload.replaceAll("\n", ""));
  for (const payload of PAYLOADS.filter(isTyped)) {
    const drawn = form === "code" ? codeFragment(payload, "bash") : outputFragment(payload);
    expect(drawn.textContent).toBe(payload);
  }
});

describe("on the page", () => {
  let root: HTMLElement;
  let store: ReplayStore;

  beforeEach(() => {
    vi.spyOn(HTMLElement.prototype, "clientHeight", "get").mockReturnValue(2_000_000);
    vi.stubGlobal("ResizeObserver", Still);
    vi.stubGlobal("matchMedia", () => ({ matches: false }));
    HTMLElement.prototype.showPopover = () => undefined;
    HTMLElement.prototype.hidePopover = () => undefined;
    HTMLDialogElement.prototype.showModal = () => undefined;
    root = document.body.appendChild(document.createElement("div"));
  });

  afterEach(() => {
    render(null, root);
    root.remove();
  });

  async function draw(records: ReturnType<typeof record>[], payload: string): Promise<void> {
    const answers: Record<string, unknown> = {
      raw: { offset: 0, value: payload, totalChars: payload.length },
      attachment: { offset: 0, value: payload, totalChars: payload.length },
      turns: { turns: [turn(0, 5, { prompt: payload })], start: 0, total: 1, isComplete: true },
      files: { files: [], start: 0, total: 0, isComplete: true },
      statistics: statisticsOf(payload),
    };
    const bridge: Record<string, unknown> = {
      loadState: () => undefined,
      loadHabits: () => ({}),
      request: (method: string, { start = 0, count = 0 }: Readonly<Record<string, number>> = {}) => {
        const window = { start, records: records.slice(start, start + count), recordCount: records.length };
        const answer = method === "window" ? window : answers[method];
        return answer === undefined ? new Promise(() => undefined) : Promise.resolve(answer);
      },
    };
    const deaf = new Proxy(bridge, { get: (known, name) => known[String(name)] ?? (() => undefined) });
    store = new ReplayStore(deaf as unknown as Bridge);
    await act(() => render(<App store={store} />, root));
    await act(() => store.receive(snapshotOf(payload, records.length)));
    await waitFor(
      "the last event is drawn",
      () => root.querySelector(`[data-event="${records.length - 1}:0"]`) ?? undefined,
    );
  }

  test.each(FIELDS())(
    "payloads in %s are shown, and nothing else comes of them",
    async (_, make) => {
      const records = HANDFULS.map((payload, index) => ({
        ...record(index, [make(payload)]),
        model: payload,
      }));
      await draw(records, PAYLOADS[0] ?? "");
      expectInert(root);
      for (const fold of root.querySelectorAll<HTMLElement>("[data-fold]")) {
        fold.click();
      }
      await act(() => store.changed());
      expect(root.querySelectorAll("article")).toHaveLength(records.length);
      expect(root.querySelectorAll(".fold-body")).toHaveLength(root.querySelectorAll("[data-fold]").length);
      expectInert(root);
      for (const tab of ["outline", "numbers", "files"] as const) {
        await act(() => {
          store.panel.isOpen || store.panel.toggle();
          store.panel.show(tab);
        });
        expectInert(root);
      }
    },
    60_000,
  );

  test("payloads in what is told of the whole session are text as well", async () => {
    for (const payload of HANDFULS) {
      await draw([record(0, [event({ kind: "prompt", text: textOf(payload) })])], payload);
      await act(() => {
        store.finding.filters.toggleMenu(true);
        store.notices.notify(payload);
      });
      expectInert(root);
      await act(() => store.receive({ ...snapshotOf(payload, 0), info: null, problem: problemOf(payload) }));
      expectInert(root);
      await act(() => render(null, root));
    }
  }, 60_000);
});

function FIELDS(): readonly (readonly [string, (payload: string) => ReplayEvent])[] {
  const call = (action: ToolCall["action"], args: (payload: string) => unknown) => (payload: string) =>
    event({
      kind: action === "agent" ? "subAgent" : "toolCall",
      label: payload,
      format: "json",
      tool: { callId: payload, name: payload, target: payload, action, paths: [payload] },
      text: textOf(JSON.stringify(args(payload))),
    });
  const all = (payload: string) => ({ [payload]: payload, x: { [payload]: [payload] } });
  return [
    ["prompts", (payload) => event({ kind: "prompt", text: textOf(payload) })],
    ["prompts in Markdown", (payload) => event({ kind: "prompt", format: "markdown", text: textOf(payload) })],
    ["replies", (payload) => event({ format: "markdown", text: textOf(payload) })],
    ["thinking", (payload) => event({ kind: "thinking", format: "markdown", text: textOf(payload) })],
    ["errors", (payload) => event({ kind: "error", label: payload, isError: true, text: textOf(payload) })],
    ["system notes", (payload) => event({ kind: "system", label: payload, text: textOf(payload) })],
    ["compactions", (payload) => event({ kind: "compaction", format: "markdown", text: textOf(payload) })],
    ["unknown records", (payload) => event({ kind: "opaque", label: payload, format: "json", text: textOf(payload) })],
    ["results", (payload) => event({ kind: "toolResult", text: textOf(payload), attachment: payload })],
    ["arguments that are no JSON", (payload) => ({ ...call("other", all)(payload), text: textOf(payload) })],
    ["any arguments", call("other", all)],
    [
      "commands",
      call("shell", (payload) => ({ command: payload, description: payload, workdir: payload, ...all(payload) })),
    ],
    ["edits", call("edit", (payload) => ({ file_path: payload, old_string: payload, new_string: `${payload}\n+` }))],
    ["patches", call("edit", (payload) => ({ input: `*** Update File: ${payload}\n@@\n-${payload}\n+${payload}` }))],
    ["writes", call("write", (payload) => ({ file_path: payload, content: `${payload}\n${payload}` }))],
    ["to-dos", call("todo", (payload) => ({ explanation: payload, todos: [{ content: payload, status: payload }] }))],
    ["plans", call("plan", (payload) => ({ plan: payload, ...all(payload) }))],
    ["reads", call("read", (payload) => ({ file_path: payload, ...all(payload) }))],
    ["searches", call("search", (payload) => ({ pattern: payload, path: payload, ...all(payload) }))],
    ["addresses", call("fetch", (payload) => ({ url: payload, prompt: payload }))],
    ["questions", call("ask", (payload) => ({ questions: [{ question: payload, options: [{ label: payload }] }] }))],
    ["sub-agents", call("agent", (payload) => ({ prompt: payload, description: payload, subagent_type: payload }))],
  ];
}

function handfuls(texts: readonly string[], size: number): readonly string[] {
  const starts = Array.from({ length: Math.ceil(texts.length / size) }, (_, handful) => handful * size);
  return starts.map((start) => texts.slice(start, start + size).join(" "));
}

class Still {
  observe(): void {}
  unobserve(): void {}
  disconnect(): void {}
}

const textOf = (value: string) => ({ value, totalChars: [...value].length });
const problemOf = (payload: string) => ({ message: payload, hint: payload, retryable: true });
const TOKENS = { input: 1, output: 1, cacheRead: 0, cacheWrite: 0, reasoning: 0, total: 2 };

function statisticsOf(payload: string) {
  return {
    statistics: {
      ...{ lines: 1, bookkeeping: 0, firstAtMs: null, lastAtMs: null, tokens: TOKENS },
      events: [{ name: "prompt", count: 1 }],
      tools: [{ name: payload, count: 1 }],
      models: [{ model: payload, tokens: TOKENS }],
    },
    isComplete: true,
  };
}

function snapshotOf(payload: string, recordCount: number): Snapshot {
  return {
    target: { harness: payload, sessionId: payload, title: payload, origin: "auto" },
    phase: "open",
    opening: 1,
    edition: 1,
    info: {
      ...{
        title: payload,
        origin: "bucket",
        cwd: payload,
        recordCount,
        analysedCount: 0,
        totalBytes: 1,
        missingBytes: 0,
      },
      ...{ isLive: false, redacted: true, problem: problemOf(payload), standing: "otherMachine", machine: payload },
      ...{ harness: payload, parentId: payload },
    },
    problem: null,
    progress: payload,
  };
}
