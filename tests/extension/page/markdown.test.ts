// @vitest-environment jsdom
// The sanitiser doesn't work in happy-dom, which skips nodes while others are removed.
import { beforeAll, expect, test } from "vitest";
import { renderMarkdown, sanitize } from "../../../extension/src/page/markdown/render";
import { bringColours } from "../../../extension/src/page/text/colours";
import { dice } from "./dice";

beforeAll(bringColours);

function render(source: string): HTMLElement {
  const root = document.createElement("div");
  root.append(renderMarkdown(source) ?? "too much");
  return root;
}

const ATTACKS = [
  "<script>alert(1)</script>",
  "<img src=x onerror=alert(1)>",
  "<svg><script>alert(1)</script></svg>",
  "<svg onload=alert(1)>",
  '<iframe src="https://evil.example"></iframe>',
  "<style>*{display:none}</style>",
  '<div style="position:fixed;inset:0">over</div>',
  '<form action="https://evil.example"><input name=a></form>',
  '<a href="javascript:alert(1)">x</a>',
  "<math><mtext></p><style><img src onerror=alert(1)></style></mtext></math>",
  '<base href="https://evil.example">',
  '<meta http-equiv="refresh" content="0;url=https://evil.example">',
  '<object data="https://evil.example"></object>',
  "[x](javascript:alert(1))",
  "[x](JaVaScRiPt:alert(1))",
  "[x](java&#115;cript:alert(1))",
  "[x](vbscript:msgbox(1))",
  "[x](data:text/html;base64,PHNjcmlwdD4=)",
  "[x](command:workbench.action.terminal.new)",
  "[x](vscode://settings)",
  "[x](file:///etc/passwd)",
  '[x](https://a.example/"onmouseover="alert(1))',
  '[x](https://a.example "a\\" onclick=\\"alert(1)")',
  "[x](https://user:secret@a.example)",
  "![x](https://evil.example/pixel.png)",
  '![x" onerror="alert(1)](x)',
  "![x](data:image/svg+xml,<svg onload=alert(1)>)",
  "<https://evil.example/<script>>",
  '```"><script>alert(1)</script>\ncode\n```',
  "```js onload=alert(1)\n</code></pre><script>alert(1)</script>\n```",
  "|a|\n|-|\n|<img src=x onerror=alert(1)>|",
  "# <img src=x onerror=alert(1)>",
  "[ref]: javascript:alert(1)\n\n[ref]",
  "&lt;script&gt;alert(1)&lt;/script&gt;",
  "\u0000<script>alert(1)</script>",
];

const LIVE =
  "script, img, svg, math, iframe, object, embed, form, input, style, link, meta, base, video, audio, button";
const HARMLESS = ["class", "data-url", "data-align", "dir", "role", "start", "tabindex", "title"];

function expectInert(root: HTMLElement): void {
  expect(root.querySelectorAll(LIVE)).toHaveLength(0);
  for (const element of root.querySelectorAll("*")) {
    expect(HARMLESS).toEqual(expect.arrayContaining(element.getAttributeNames()));
  }
}

test.each(ATTACKS)("nothing of a transcript becomes live: %j", (attack) => {
  const root = render(attack);
  expectInert(root);
  for (const link of root.querySelectorAll("[data-url]")) {
    expect(new URL(link.getAttribute("data-url") ?? "").protocol).toBe("https:");
  }
});

test.each(ATTACKS)("even markup that got past the renderer is stripped of all that acts: %j", (attack) => {
  const root = document.createElement("div");
  root.append(sanitize(`<p>before</p>${attack}<p id="named" onclick="alert(1)" style="color:red">after</p>`));
  expectInert(root);
  expect(root.textContent).toContain("before");
  expect(root.textContent).toContain("after");
});

test("HTML in a transcript is shown as the text that it is", () => {
  expect(render("a <b>bold</b> claim").textContent?.trim()).toBe("a <b>bold</b> claim");
});

test("a link with https can be opened, and shows its address", () => {
  const link = render("see [the docs](https://example.com/a?b=1&c=2)").querySelector<HTMLElement>("a");
  expect(link?.dataset["url"]).toBe("https://example.com/a?b=1&c=2");
  expect(link?.title).toBe("https://example.com/a?b=1&c=2");
  expect(link?.hasAttribute("href")).toBe(false);
});

test("any other link is text with its address behind it", () => {
  const root = render("see [the file](file:///etc/passwd)");
  expect(root.querySelector("a")).toBeNull();
  expect(root.textContent?.trim()).toBe("see the file (file:///etc/passwd)");
});

test("an image is named, not loaded", () => {
  expect(render("![a cat](https://example.com/cat.png)").textContent?.trim()).toBe(
    "a cat (https://example.com/cat.png)",
  );
});

test("code keeps every character and tells its language", () => {
  const root = render("```ts\nif (a < b && c) {}\n```");
  expect(root.querySelector("pre code")?.textContent).toBe("if (a < b && c) {}\n");
  expect(root.querySelector(".code-caption")?.textContent).toBe("ts");
});

test("what agents write is laid out: lists, tables, quotes, emphasis", () => {
  const root = render("# T\n\n1. a\n2. b\n\n> q\n\n|x|y|\n|:-:|--:|\n|1|2|\n\n**s** *e* ~~d~~ `c`");
  for (const tag of ["h3.level-1", "ol > li", "blockquote", "table td", "strong", "em", "s", "code"]) {
    expect(root.querySelector(tag), tag).not.toBeNull();
  }
  expect(root.querySelector("td")?.getAttribute("data-align")).toBe("center");
});

test("each paragraph goes by its own direction", () => {
  expect(render("hello").querySelector("p")?.getAttribute("dir")).toBe("auto");
});

test("headings stand below the page's own, and an outline has no holes however they were written", () => {
  for (let seed = 1; seed <= 12; seed += 1) {
    const roll = dice(seed);
    const written = Array.from({ length: 8 }, () => 1 + Math.floor(roll() * 6));
    const root = render(written.map((level) => `${"#".repeat(level)} Part`).join("\n\ntext\n\n"));
    const headings = [...root.querySelectorAll("h1, h2, h3, h4, h5, h6")];
    expect(headings.map((heading) => Number(heading.className.slice(-1)))).toEqual(written);
    const levels = [2, ...headings.map((heading) => Number(heading.tagName.slice(1)))];
    expect(Math.min(...levels.slice(1))).toBeGreaterThanOrEqual(3);
    for (const [position, level] of levels.slice(1).entries()) {
      expect(level - (levels[position] ?? 0), `${written}`).toBeLessThanOrEqual(1);
    }
  }
});

test("a heading is on the level of those that were written on its own level", () => {
  const root = render("## A\n\n#### B\n\n## C\n\n# D\n\nE\n===");
  expect([...root.querySelectorAll(":is(h3, h4)")].map(({ tagName, textContent }) => tagName + textContent)).toEqual([
    ...["H3A", "H4B", "H3C", "H3D", "H3E"],
  ]);
});

test.each([
  ["blockquote", "> ציטוט"],
  ["ul", "- פריט\n\n- `code`"],
  ["ol", "1. אחת"],
  ["ul", "- [x] בוצע"],
  ["table", "|שם|b|\n|-|-|\n|א|1|"],
])("a %s of text that runs to the left is mirrored as a whole", (tag, source) => {
  expect(render(source).querySelector(tag)?.getAttribute("dir")).toBe("rtl");
  expect(
    render(source.replace(/[\u0590-\u05ff]+/, "word"))
      .querySelector(tag)
      ?.getAttribute("dir"),
  ).toBe("ltr");
});
