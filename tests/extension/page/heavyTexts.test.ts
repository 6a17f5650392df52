// @vitest-environment happy-dom
// What a transcript may hold to keep the page busy: of twice as much text comes twice as much work, and no more.
import { afterAll, beforeAll, beforeEach, expect, test, vi } from "vitest";
import { bringColours } from "../../../extension/src/page/text/colours";
import { WorkCounter } from "../support/work";

beforeAll(bringColours);

// Before what it counts is there.
const work = new WorkCounter();

/** What would go into the page, in place of the sanitiser: here it would be most of the work, and none of ours. */
let markup = "";
vi.mock("dompurify", () => ({
  default: {
    sanitize: (html: string) => {
      markup += html;
      return document.createDocumentFragment();
    },
  },
}));

const load = async () => ({
  ...(await import("../../../extension/src/page/markdown/render")),
  ...(await import("../../../extension/src/page/text/fragments")),
  ...(await import("../../../extension/src/page/text/unseen")),
  ...(await import("../../../extension/src/page/tools/found")),
  ...(await import("../../../extension/src/page/tools/numbered")),
  ...(await import("../../../extension/src/page/tools/patch")),
});
let page: Awaited<ReturnType<typeof load>>;

beforeAll(async () => {
  page = await load();
});

afterAll(() => work.dispose());

beforeEach(() => {
  markup = "";
});

const ESC = "\u001b";
const SIZE = 4_000;
/** Of a text so long, by repeating. */
const filled = (piece: string, size: number) => piece.repeat(Math.ceil(size / piece.length)).slice(0, size);

const MARKDOWN: Readonly<Record<string, (size: number) => string>> = {
  "one line of words": (size) => filled("word and ", size),
  "one word": (size) => filled("word", size),
  "thousands of fences": (size) => filled("```js\nlet a = 1;\n```\n", size),
  "fences that nothing closes": (size) => filled("````\n```\n~~~\n", size),
  "fences in lists": (size) => filled("- ```\n  a\n  ```\n", size),
  "quotes in quotes": (size) => filled("> ", size),
  "quotes in quotes, line by line": (size) => filled(`${"> ".repeat(120)}1\n`, size),
  "lists in lists": (size) => filled("- ", size),
  "lists in lists, line by line": (size) => filled(`${"- ".repeat(60)}1\n`, size),
  "emphasis that opens": (size) => filled("*a **b _c ", size),
  "emphasis that opens and closes": (size) => filled("*a* **b** ~~c~~ ", size),
  "signs of emphasis alone": (size) => filled("*_~", size),
  "brackets that open": (size) => filled("[", size),
  "brackets that open and close": (size) => filled("[]", size),
  "links in links": (size) => filled("[a](b ", size),
  "images in images": (size) => filled("![", size),
  "addresses that nothing closes": (size) => filled("<https://a.example/", size),
  "code that nothing closes": (size) => Array.from({ length: Math.sqrt(2 * size) }, (_, n) => "`".repeat(n)).join(" "),
  "references to one definition": (size) => `[a]: https://a.example\n\n${filled("[a] ", size)}`,
  definitions: (size) => Array.from({ length: size / 20 }, (_, n) => `[${n}]: https://a.example/`).join("\n"),
  entities: (size) => filled("&amp;&#x41;&a;", size),
  escapes: (size) => filled("\\*\\", size),
  tables: (size) => filled("|a|b|\n|-|-|\n|1|2|\n\n", size),
  "a table of many rows": (size) => `|a|b|\n|-|-|\n${filled("|1|2|\n", size)}`,
  "a table of many columns": (size) => `${filled("|a", size)}|\n${filled("|-", size)}|\n${filled("|1", size)}|`,
  headings: (size) => filled("###### a\n# b\n", size),
  rules: (size) => filled("---\n\n", size),
  "empty lines": (size) => filled("\n", size),
  tasks: (size) => filled("- [ ] a\n", size),
  tags: (size) => filled("<b><i></", size),
};

const OUTPUT: Readonly<Record<string, (size: number) => string>> = {
  "a colour for each letter": (size) => filled(`${ESC}[31ma${ESC}[0mb`, size),
  "colours without text": (size) => filled(`${ESC}[31m${ESC}[1m`, size),
  "colours of millions": (size) => filled(`${ESC}[38;2;250;90;80ma`, size),
  "decorations that nothing ends": (size) => filled(`${ESC}[1;3;4;7;9ma`, size),
  "titles that nothing closes": (size) => filled(`${ESC}]0;`, size),
  "sequences that nothing closes": (size) => filled(`${ESC}[1;`, size),
  "one long sequence": (size) => `${ESC}[${filled("1;", size)}ma`,
  "devices that nothing closes": (size) => filled(`${ESC}P`, size),
  "escapes alone": (size) => filled(ESC, size),
  "a progress bar": (size) => filled("10 %\r", size),
  "returns alone": (size) => filled("\r", size),
  "returns, line by line": (size) => filled("\r\r\r\n", size),
  "moves of the cursor": (size) => filled(`${ESC}[2K${ESC}[1Ga`, size),
  "control characters": (size) => filled(`${ESC}[0m\b\0\x07`, size),
  "one line of words": (size) => `${ESC}[1m${filled("word and ", size)}`,
};

const UNSEEN: Readonly<Record<string, (size: number) => string>> = {
  overrides: (size) => filled("a\u202e", size),
  "a run of overrides": (size) => filled("\u202e", size),
  joiners: (size) => filled("a\u200d", size),
  "tags of no flag": (size) => filled("\u{e0061}b", size),
  flags: (size) => filled("\u{1f3f4}\u{e0067}\u{e0062}\u{e007f}", size),
  separators: (size) => filled("a\u2028", size),
};

const CODE: Readonly<Record<string, (size: number) => string>> = {
  statements: (size) => filled("let a = f(1); // why\n", size),
  "strings that nothing closes": (size) => filled("let a = 'b\n", size),
  "comments that nothing closes": (size) => filled("/* a\n", size),
  "brackets in brackets": (size) => filled("f({[(", size),
  "templates in templates": (size) => filled("`${", size),
  "tags in tags": (size) => filled("<a b='\n", size),
  "here documents": (size) => filled("cat <<E\n", size),
  signs: (size) => filled("$$((\"'\\\n", size),
  numbers: (size) => filled("1e1.1_0x\n", size),
  "a long line": (size) => filled("let a = 1; ", size),
};
const LANGUAGES = [
  "typescript",
  "python",
  "bash",
  "json",
  "xml",
  "css",
  "markdown",
  "rust",
  "go",
  "java",
  "sql",
  "yaml",
  "cpp",
  "diff",
];

const FOUND: Readonly<Record<string, (size: number) => string>> = {
  hits: (size) => filled("src/a.ts:12:let a\n", size),
  colons: (size) => filled("a:", size),
  "dashes and digits": (size) => `a${filled("-1", size)}`,
  "one long line": (size) => `src/a.ts:1:${filled("a b. ", size)}`,
  "numbered lines": (size) => Array.from({ length: size / 10 }, (_, n) => `${n + 1}\tlet a`).join("\n"),
  hunks: (size) => `--- a/a\n+++ b/a\n${filled("@@ -1,1 +1,1 @@\n-a\n+b\n", size)}`,
  "files of a patch": (size) => `*** Begin Patch\n${filled("*** Add File: a\n+b\n", size)}`,
};

/** Work and result in proportion: twice as much for twice as long a text, with some room for what comes at its end. */
const MOST = 2.6;
const MOST_MARKUP = 30;

function expectProportion(make: (size: number) => string, draw: (text: string) => unknown, size: number): void {
  const texts = [make(size), make(2 * size)];
  const [less = 0, more = 0] = texts.map((text) => work.of(() => draw(text)));
  expect(less).toBeGreaterThan(0);
  expect(more / less).toBeLessThan(MOST);
}

test.each(Object.entries(MARKDOWN))("Markdown costs what it is long: %s", (_, make) => {
  expectProportion(make, (text) => page.renderMarkdown(text), SIZE);
  // Of both texts.
  expect(markup.length).toBeLessThan(3 * SIZE * MOST_MARKUP);
});

test("Markdown of more nesting than anybody writes is no deeper than a page can be", () => {
  for (const sign of ["> ", "- "]) {
    markup = "";
    page.renderMarkdown(`${sign.repeat(5000)}a`);
    expect(markup.split(/<(?:blockquote|ul)/).length).toBeLessThan(110);
  }
});

test.each(Object.entries(OUTPUT))("a terminal's output costs what it is long: %s", (_, make) => {
  expectProportion(make, (text) => page.outputFragment(text), SIZE);
});

test("a flood of colours is shown without them", () => {
  const flood = filled(`${ESC}[31ma${ESC}[32mb`, 60_000);
  const drawn = page.outputFragment(flood);
  expect(drawn.childNodes).toHaveLength(1);
  expect(drawn.textContent).toMatch(/^(?:ab)+a?$/);
});

test.each(Object.entries(UNSEEN))("looking for what nobody sees costs what a text is long: %s", (_, make) => {
  for (const reading of ["code", "prose"] as const) {
    expectProportion(make, (text) => page.piecesOf(text, reading), SIZE);
  }
});

test("a flood of what nobody sees has so many marks, and the last one tells of the rest", () => {
  const flood = "a\u202e".repeat(150_000);
  const drawn = page.codeFragment(flood, undefined);
  const marks = [...drawn.querySelectorAll<HTMLElement>(".unseen")].map(({ dataset }) => dataset["sign"]);
  expect(marks).toHaveLength(2001);
  expect(marks.at(-1)).toBe("and 148000 more");
  expect(drawn.textContent).toBe(flood);
});

test("however many pieces a text has, no call gets one argument for each", () => {
  const most: number[] = [];
  for (const prototype of [DocumentFragment.prototype, Element.prototype]) {
    const { append } = prototype;
    vi.spyOn(prototype, "append").mockImplementation(function (this: typeof prototype, ...nodes) {
      most.push(nodes.length);
      append.apply(this, nodes);
    });
  }
  const lines = Array.from({ length: 500 }, () => "a");
  page.numberedFragment(lines, 1, undefined);
  page.outputFragment(filled(`${ESC}[31ma${ESC}[0mb`, SIZE));
  page.diffFragment(
    lines.map((text) => ({ kind: "same", text, before: 1, after: 1 })),
    undefined,
  );
  expect(Math.max(...most)).toBeLessThan(10);
});

test.each(LANGUAGES)("code of %s costs what it is long, whatever it is", (language) => {
  for (const make of Object.values(CODE)) {
    expectProportion(make, (text) => page.codeFragment(text, language), SIZE / 2);
  }
});

test.each(LANGUAGES)("code of %s that is long, or has a long line, stays plain", (language) => {
  for (const code of [filled("let a = 1;\n", 60_001), `a\n${filled("a(", 4000)}\n`]) {
    page.codeFragment(code, language);
  }
  expect(markup).toBe("");
});

test.each(Object.entries(FOUND))("telling what a tool answered costs what the answer is long: %s", (_, make) => {
  for (const read of [page.foundIn, page.numberedLinesOf, page.changesInPatch]) {
    expectProportion(make, read, SIZE);
  }
});
