// @vitest-environment jsdom
import { beforeAll, expect, test } from "vitest";
import { renderMarkdown } from "../../../extension/src/page/markdown/render";
import { bringColours } from "../../../extension/src/page/text/colours";
import {
  codeFragment,
  diffFragment,
  numberedFragment,
  outputFragment,
} from "../../../extension/src/page/text/fragments";
import { hasUnseen, piecesOf, spelledOut } from "../../../extension/src/page/text/unseen";
import { diffOf } from "../../../extension/src/page/tools/diffLines";

beforeAll(bringColours);

const OVERRIDE = "\u202e";
const SMUGGLED = [..."rm -rf"].map((letter) => String.fromCodePoint(0xe0000 + letter.charCodeAt(0))).join("");

function signs(drawn: Node | undefined): readonly string[] {
  const root = document.createElement("div");
  root.append(drawn ?? "too much");
  return [...root.querySelectorAll<HTMLElement>(".unseen")].map((mark) => mark.dataset["sign"] ?? "");
}

test.each([
  ["code", (text: string) => codeFragment(text, "bash")],
  ["code without a language", (text: string) => codeFragment(text, undefined)],
  ["output", (text: string) => outputFragment(text)],
  ["coloured output", (text: string) => outputFragment(`\u001b[31m${text}`)],
  ["numbered lines", (text: string) => numberedFragment([text], 1, "typescript")],
  ["a diff", (text: string) => diffFragment(diffOf("", text, true), "typescript")],
  ["Markdown", (text: string) => renderMarkdown(text)],
  ["code in Markdown", (text: string) => renderMarkdown(`\`\`\`sh\n${text}\n\`\`\``)],
])("an override in %s is marked where it stands, and stays in what is copied", (_, draw) => {
  const drawn = draw(`safe ${OVERRIDE}exe.txt`);
  expect(drawn?.textContent).toContain(`safe ${OVERRIDE}exe.txt`);
  expect(signs(drawn)).toEqual(["U+202E"]);
});

test("writing of every language stays unmarked in prose, and what joins and marks direction only is marked in code", () => {
  for (const text of [
    "می‌خواهم",
    "ש\u200fa",
    "👩‍👩‍👧",
    "\u{1f3f4}\u{e0067}\u{e0062}\u{e0073}\u{e0063}\u{e0074}\u{e007f}",
  ]) {
    expect(hasUnseen(text, "prose"), text).toBe(false);
  }
  expect(hasUnseen("👩‍👩‍👧", "code")).toBe(false);
  expect(signs(renderMarkdown("a\u200bb `a\u200bb`"))).toEqual(["U+200B"]);
});

test("words that only machines read are spelled out", () => {
  expect(signs(renderMarkdown(`Hello${SMUGGLED}`))).toEqual(["hidden: rm -rf"]);
});

test("where nothing can be marked the sign stands in the character's place", () => {
  expect(spelledOut(`a${OVERRIDE}b`)).toBe("a⟨U+202E⟩b");
  expect(spelledOut("plain")).toBe("plain");
});

test("a flood of them is one mark", () => {
  expect(piecesOf(OVERRIDE.repeat(100_000), "code").map(({ sign }) => sign)).toEqual(["U+202E U+202E U+202E … 100000"]);
});
