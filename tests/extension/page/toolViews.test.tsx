// @vitest-environment jsdom
// The sanitiser doesn't work in happy-dom, which skips nodes while others are removed.
import { type ComponentChildren, render } from "preact";
import { act } from "preact/test-utils";
import { afterEach, beforeAll, beforeEach, expect, test, vi } from "vitest";
import type { Bridge } from "../../../extension/src/page/bridge";
import { ReplayStore } from "../../../extension/src/page/store/replayStore";
import { bringColours } from "../../../extension/src/page/text/colours";
import { CallBody } from "../../../extension/src/page/view/tools/CallBody";
import { ResultBody } from "../../../extension/src/page/view/tools/ResultBody";
import type { ToolCall } from "../../../extension/src/protocol/messages";
import { event } from "./records";

beforeAll(bringColours);

const ESC = "\u001b";
const EVIL = [
  '<img src=x onerror="alert(1)">',
  "<script>alert(1)</script>",
  "</code></pre><svg onload=alert(1)>",
  '"><iframe src="https://evil.example"></iframe>',
  "<style>*{display:none}</style>",
  "<a href='javascript:alert(1)'>x</a>",
  "[x](command:workbench.action.terminal.new)",
  "![x](https://evil.example/pixel.png)",
  "https://evil.example/<b>",
  `${ESC}]8;;command:evil${ESC}\\<b onclick=alert(1)>x</b>${ESC}]8;;${ESC}\\${ESC}[31m<img src=x>`,
  "&lt;img src=x onerror=alert(1)&gt;",
  "</span><script>alert(1)</script><span>",
  '" onmouseover="alert(1)',
  "// <img src=x onerror=alert(1)>\n/* </span><svg/onload=alert(1)> */",
];
const LIVE = "script, img, svg, math, iframe, object, embed, form, input, style, link, meta, base, video, a[href]";

let root: HTMLElement;
let store: ReplayStore;

beforeEach(() => {
  vi.stubGlobal(
    "ResizeObserver",
    class {
      observe(): void {}
      unobserve(): void {}
      disconnect(): void {}
    },
  );
  const bridge = {
    loadState: () => undefined,
    loadHabits: () => ({}),
    saveState: () => undefined,
    request: () => new Promise(() => undefined),
  };
  store = new ReplayStore(bridge as unknown as Bridge);
  root = document.body.appendChild(document.createElement("div"));
});

afterEach(() => {
  render(null, root);
  root.remove();
});

const tool = (action: ToolCall["action"], change: Partial<ToolCall> = {}): ToolCall => ({
  ...{ callId: "1", name: "tool", target: "", action, paths: [], ...change },
});

async function draw(children: ComponentChildren): Promise<HTMLElement> {
  await act(() => render(children, root));
  return root;
}

const drawCall = (call: ToolCall, value: string): Promise<HTMLElement> =>
  draw(
    <CallBody
      store={store}
      place={{ index: 0, field: 0 }}
      event={event({ kind: "toolCall", tool: call, format: "json" })}
      value={value}
      isWhole={true}
    />,
  );
const drawResult = (call: ToolCall | undefined, value: string): Promise<HTMLElement> =>
  draw(<ResultBody store={store} place={{ index: 0, field: 0 }} call={call} asked="" value={value} />);

function expectInert(shown: HTMLElement): void {
  expect(shown.querySelectorAll(LIVE)).toHaveLength(0);
  for (const element of shown.querySelectorAll("*")) {
    const names = element.getAttributeNames();
    expect(names.filter((name) => name.startsWith("on") || name === "style" || name === "src")).toEqual([]);
  }
}

const CALLS: readonly (readonly [name: string, action: ToolCall["action"], args: (evil: string) => unknown])[] = [
  ["a command", "shell", (evil) => ({ command: evil, description: evil, workdir: evil, more: evil })],
  ["an edit", "edit", (evil) => ({ file_path: `${evil}.ts`, old_string: evil, new_string: `${evil}\n${evil}` })],
  ["a patch", "edit", (evil) => ({ input: `*** Update File: ${evil}.py\n@@\n-${evil}\n+${evil}` })],
  ["a file", "write", (evil) => ({ file_path: "a.html", content: `${evil}\n${evil}` })],
  ["a to-do list", "todo", (evil) => ({ todos: [{ content: evil, status: evil }], explanation: evil })],
  ["a plan", "plan", (evil) => ({ plan: `# ${evil}\n\n\`\`\`js\n${evil}\n\`\`\`` })],
  ["a search", "search", (evil) => ({ pattern: evil, path: evil, [evil]: evil })],
  ["an address", "fetch", (evil) => ({ url: evil, prompt: evil })],
  ["a query", "webSearch", (evil) => ({ query: evil })],
  ["a question", "ask", (evil) => ({ questions: [{ question: evil, options: [{ label: evil, description: evil }] }] })],
  ["any other", "other", (evil) => ({ [evil]: evil })],
];

test.each(CALLS)("nothing in %s's arguments becomes live", async (_, action, args) => {
  for (const evil of EVIL) {
    const shown = await drawCall(tool(action, { paths: [evil] }), JSON.stringify(args(evil)));
    expectInert(shown);
    expect(shown.textContent?.length).toBeGreaterThan(0);
    expect(shown.querySelectorAll("[data-url]")).toHaveLength(0);
  }
});

test.each(["shell", "read", "edit", "search", "todo", "fetch", "agent", "other"] as const)(
  "nothing in the result of a tool that does %s becomes live",
  async (action) => {
    for (const evil of EVIL) {
      for (const value of [evil, `1\t${evil.replace("\n", " ")}\n2\tx`, `Exit code 1\n${evil}`]) {
        expectInert(await drawResult(tool(action, { paths: ["a.ts"] }), value));
      }
    }
  },
);

test("code keeps every character, coloured or not", async () => {
  const code = "if (a < b && c) { return `<b>${d}</b>`; } // &amp;\n\tnext();";
  const shown = await drawResult(
    tool("read", { paths: ["a.ts"] }),
    code
      .split("\n")
      .map((l, i) => `${i + 1}\t${l}`)
      .join("\n"),
  );
  expect(shown.querySelector(".hljs-keyword")).not.toBeNull();
  expect([...shown.querySelectorAll(".code-text")].map((line) => line.textContent).join("")).toBe(`${code}\n`);
});

test("line numbers are shown and are no part of the text", async () => {
  const shown = await drawResult(tool("read", { paths: ["a.txt"] }), "41\tone\n42\ttwo");
  expect([...shown.querySelectorAll<HTMLElement>(".line-number")].map((each) => each.dataset["number"])).toEqual([
    "41",
    "42",
  ]);
  expect(shown.textContent).toBe("one\ntwo\n");
});

test("a diff tells added and removed by signs, not by colour alone", async () => {
  const args = { file_path: "a.ts", old_string: "let a = 1;\nlet b;", new_string: "let a = 2;\nlet b;" };
  const shown = await drawCall(tool("edit"), JSON.stringify(args));
  expect([...shown.querySelectorAll(".diff-line")].map((line) => line.textContent)).toEqual([
    ...["−let a = 1;\n", "+let a = 2;\n", " let b;\n"],
  ]);
  expect(shown.querySelector(".change-path")?.textContent).toBe("a.ts");
});

test("a long diff is cut, and shown whole on request", async () => {
  const content = Array.from({ length: 500 }, (_, i) => `line ${i}`).join("\n");
  const args = JSON.stringify({ file_path: "a.txt", content });
  const shown = await drawCall(tool("write"), args);
  expect(shown.querySelectorAll(".diff-line")).toHaveLength(200);
  const button = shown.querySelector<HTMLElement>(".more button");
  expect(button?.textContent).toBe("Show all 500 lines");
  button?.click();
  await drawCall(tool("write"), args);
  expect(shown.querySelectorAll(".diff-line")).toHaveLength(500);
});

test("a command's output has the terminal's colours", async () => {
  const shown = await drawResult(tool("shell"), `${ESC}[32mok${ESC}[0m done`);
  expect(shown.querySelector(".ansi-fg-green")?.textContent).toBe("ok");
  expect(shown.textContent).toBe("ok done");
});

test("a to-do list tells each item's state in words", async () => {
  const shown = await drawCall(tool("todo"), '{"todos":[{"content":"a","status":"completed"}]}');
  expect(shown.querySelector(".todo")?.textContent).toBe("✓Done: a");
});

test("an address is text", async () => {
  const shown = await drawCall(tool("fetch"), '{"url":"https://example.org/a"}');
  expect(shown.querySelector("code")?.textContent).toBe("https://example.org/a");
  expect(shown.querySelectorAll("a, [role='link'], [data-url]")).toHaveLength(0);
});

const opened = (request: ReturnType<typeof spyOnOpening>) => request.mock.calls.map(([, params]) => params);
const spyOnOpening = () => vi.spyOn(store.bridge, "request").mockResolvedValue({ done: true });

function press(target: Element | null, key: string): void {
  target?.dispatchEvent(new KeyboardEvent("keydown", { key, bubbles: true, cancelable: true }));
}

test("a file that a search found opens at its first hit, and at any other by the number of its line", async () => {
  const request = spyOnOpening();
  const shown = await drawResult(tool("search"), "a.py-6-before\na.py:7:match\na.py-8-after\na.py:30:match");
  const path = shown.querySelector<HTMLElement>("button.change-path");
  expect([path?.textContent, path?.title]).toEqual(["a.py", "Open file"]);
  path?.click();
  const numbers = [...shown.querySelectorAll<HTMLElement>("button.line-number")];
  expect(numbers.map((each) => [each.getAttribute("aria-label"), each.tabIndex])).toEqual([
    ["Open at line 7", 0],
    ["Open at line 30", -1],
  ]);
  numbers[0]?.focus();
  press(document.activeElement, "ArrowDown");
  expect(document.activeElement).toBe(numbers[1]);
  await act(() => numbers[1]?.click());
  expect(numbers.map(({ tabIndex }) => tabIndex)).toEqual([-1, 0]);
  press(document.activeElement, "ArrowDown");
  expect(document.activeElement, "there is no further one").toBe(numbers[1]);
  expect(opened(request)).toEqual([
    { path: "a.py", line: 7 },
    { path: "a.py", line: 30 },
  ]);
});

test("a file that was only named opens, and what is no plain path leads nowhere", async () => {
  const request = spyOnOpening();
  const paths = ["src/my lexer.py", "C:\\src\\b.py", "//host/share/c.py", "\\\\host\\share\\d.py"];
  const shown = await drawResult(tool("search"), `Found 4 files\n${paths.join("\n")}`);
  expect([...shown.querySelectorAll(".change-path")].map(({ textContent }) => textContent)).toEqual(paths);
  for (const button of shown.querySelectorAll<HTMLElement>("button.change-path")) {
    button.click();
  }
  expect(opened(request)).toEqual([
    { path: paths[0], line: null },
    { path: paths[1], line: null },
  ]);
  const addresses = { matches: [{ path: "vscode://a/b.py", line: 3, content: "x" }, { path: "command:a.b" }] };
  const told = await drawResult(tool("search"), JSON.stringify(addresses));
  expect(told.querySelectorAll(".change-path")).toHaveLength(2);
  expect(told.querySelectorAll("button")).toHaveLength(0);
});

test("of many files that were found each is opened in place first, and in the editor from there", async () => {
  const request = spyOnOpening();
  const many = Array.from({ length: 6 }, (_, n) => `src/${n}.py:${n + 1}:x`).join("\n");
  const shown = await drawResult(tool("search"), many);
  expect(shown.querySelectorAll("button[aria-expanded]")).toHaveLength(6);
  expect(shown.querySelectorAll("button")).toHaveLength(6);
  shown.querySelector<HTMLElement>("button[aria-expanded]")?.click();
  await drawResult(tool("search"), many);
  shown.querySelector<HTMLElement>("[aria-label='Open src/0.py']")?.click();
  expect(opened(request)).toEqual([{ path: "src/0.py", line: 1 }]);
});

test("why a file wasn't opened is told", async () => {
  vi.spyOn(store.bridge, "request").mockRejectedValue(new Error("The helper is gone."));
  const notify = vi.spyOn(store.notices, "notify");
  const shown = await drawResult(tool("search"), "src/a.py");
  shown.querySelector<HTMLElement>("button")?.click();
  await vi.waitFor(() => expect(notify).toHaveBeenCalledWith("The helper is gone."));
});
