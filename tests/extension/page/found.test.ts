import { expect, test } from "vitest";
import { type Found, foundByCommand, foundIn, wordsSought } from "../../../extension/src/page/tools/found";
import { resultModelOf } from "../../../extension/src/page/tools/models";
import { pagesIn } from "../../../extension/src/page/tools/pages";
import { markedPieces, patternWords } from "../../../extension/src/page/tools/patternWords";

const LINES = ["src/lexer.py: 7*,40*", "src/parser.py: 12*"];

function toldOf(found: Found | undefined): readonly string[] | undefined {
  return found?.files.map(({ path, lines }) =>
    [path, lines.map(({ number, isMatch }) => `${number ?? "?"}${isMatch ? "*" : ""}`).join(",")]
      .filter(Boolean)
      .join(": "),
  );
}

test.each([
  ["numbered lines", "src/lexer.py:7:def next\nsrc/lexer.py:40:    next\nsrc/parser.py:12:x = next()", LINES],
  [
    "File heads",
    "Found 3 matches\n---\nFile: src/lexer.py\nL7: def\nL40: x\n---\nFile: src/parser.py\nL12: y\n---",
    LINES,
  ],
  [
    "an object",
    JSON.stringify({
      total_count: 3,
      matches: [
        { path: "src/lexer.py", line: 7, content: "def next" },
        { path: "src/lexer.py", line: 40, content: "next" },
        { path: "src/parser.py", line: 12, content: "x" },
      ],
    }),
    LINES,
  ],
  ["lines around", "a.py-6-before\na.py:7:match\na.py-8-after\n--\na.py:30:match", ["a.py: 6,7*,8,30*"]],
  ["lines without numbers", "src/a.ts:one\nsrc/b.ts:two", ["src/a.ts: ?*", "src/b.ts: ?*"]],
  ["paths", "Found 2 files\nsrc/my lexer.py\n/home/ada/b.py", ["src/my lexer.py", "/home/ada/b.py"]],
  ["a drive", "C:\\src\\a.py:3:x\nC:\\src\\a.py:9:y", ["C:\\src\\a.py: 3*,9*"]],
  ["a file without an ending", "Makefile:3:all:\nMakefile:9:clean:", ["Makefile: 3*,9*"]],
])("what a search found is told file by file: %s", (_, text, told) => {
  expect(toldOf(foundIn(text))).toEqual(told);
});

test.each([
  "No files found",
  "",
  "I looked for it. It is nowhere.",
  "12:30:45 started\n12:30:46 ended",
  '{"error":"no such folder"}',
  "[1, 2]",
])("what is no list of finds is left as it is: %j", (text) => {
  expect(foundIn(text)).toBeUndefined();
});

test("remarks stay, and the rest of what was found has its text", () => {
  const found = foundIn("Found 1 match\na.py:7:  def f(x): # y\n\n(Results are truncated.)");
  expect(found?.remark).toBe("(Results are truncated.)");
  expect(found?.files[0]?.lines).toEqual([{ number: 7, text: "  def f(x): # y", isMatch: true }]);
});

test("a command's output is a list of finds only where the command searches", () => {
  const output = "src/a.rs:12:fast\n";
  expect(toldOf(foundByCommand("rg -n fast src", output))).toEqual(["src/a.rs: 12*"]);
  expect(["rg -n --hidden fast src", "grep -rn 'fast' .", "cargo test"].map(wordsSought)).toEqual([
    ["fast"],
    ["fast"],
    [],
  ]);
  expect(foundByCommand("cargo build", "src/a.rs:12:error")).toBeUndefined();
  expect(foundByCommand("rg fast", "warning: it is slow\nand more\nof it")).toBeUndefined();
});

test("lines that no expression likes are looked at in no time", () => {
  const began = performance.now();
  for (const line of [
    ".".repeat(200_000),
    `${"-1".repeat(100_000)}`,
    `${"a.".repeat(100_000)}"`,
    ":1".repeat(100_000),
  ]) {
    foundIn(`${line}\n${line}`);
  }
  expect(performance.now() - began).toBeLessThan(2000);
});

test.each([
  ["next_token", ["next_token"]],
  ["def\\s+parse_\\w+", ["def", "parse_"]],
  ["(?:foo|bar)\\.baz", ["foo", "bar", ".baz"]],
  ["colou?r[a-z]+s", ["colo"]],
  ["a", []],
])("of a pattern only the words are marked, and it is never run: %s", (pattern, words) => {
  expect(patternWords(pattern)).toEqual(words);
});

test("words are marked in any case, and nothing of the line is lost", () => {
  const pieces = markedPieces("Next of (next)", ["next"]);
  expect(pieces.filter(({ isMarked }) => isMarked).map(({ text }) => text)).toEqual(["Next", "next"]);
  expect(pieces.map(({ text }) => text).join("")).toBe("Next of (next)");
});

test("pages of a search on the web are told by title and address, with what was said about them", () => {
  const links = '[{"title":"A lexer","url":"https://example.com/a"}]';
  expect(pagesIn(`Web search results for query: "x"\n\nLinks: ${links}\n\nThey are fast.`)).toEqual({
    pages: [{ title: "A lexer", address: "https://example.com/a", text: "" }],
    prose: 'Web search results for query: "x"\n\n\n\nThey are fast.',
  });
  const results = [{ title: "B", url: "https://example.com/b", description: "It is." }];
  const page = { title: "B", address: "https://example.com/b", text: "It is." };
  expect(pagesIn(JSON.stringify({ results }))?.pages).toEqual([page]);
  expect(pagesIn(JSON.stringify({ success: true, data: { web: results } }))?.pages).toEqual([page]);
  expect(pagesIn("Lexers are fast.")).toBeUndefined();
});

test("a tool that searches shows what it found, and one that finds nothing what it says", () => {
  const tool = { callId: "1", name: "Grep", target: "next", action: "search" as const, paths: [] };
  expect(resultModelOf(tool, "a.py:7:next", '{"pattern":"next","path":"src"}')).toMatchObject({
    ...{ kind: "found", words: ["next"] },
  });
  expect(resultModelOf(tool, "No matches found")).toEqual({ kind: "other" });
});
