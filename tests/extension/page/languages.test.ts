// Grammars are made when they are first needed: what is known of them before has to be what they say themselves.
import { beforeAll, expect, test } from "vitest";
import { bringColours } from "../../../extension/src/page/text/colours";
import { highlighterFor, WITHIN } from "../../../extension/src/page/text/grammars";
import { highlightedHtml } from "../../../extension/src/page/text/highlight";
import { languageOf, NAMES } from "../../../extension/src/page/text/languages";

const LANGUAGES = [
  ...["bash", "c", "cpp", "csharp", "css", "diff", "dockerfile", "go", "ini", "java", "javascript", "json", "kotlin"],
  ...["makefile", "markdown", "php", "powershell", "python", "ruby", "rust", "scss", "shell", "sql", "swift"],
  ...["typescript", "xml", "yaml"],
];

beforeAll(bringColours);

/** The languages that a grammar names as standing within it. */
function within(grammar: unknown, seen = new Set<unknown>()): readonly string[] {
  if (typeof grammar !== "object" || grammar === null || grammar instanceof RegExp || seen.has(grammar)) {
    return [];
  }
  seen.add(grammar);
  const own = "subLanguage" in grammar ? [grammar.subLanguage].flat().map(String) : [];
  return [...own, ...Object.values(grammar).flatMap((part) => within(part, seen))];
}

test("each language goes by the names that its grammar tells, and brings the known ones that stand within it", () => {
  for (const language of LANGUAGES) {
    const grammar = highlighterFor(language).getLanguage(language);
    expect(grammar, language).toBeDefined();
    expect((NAMES[language] ?? "").split(" ").filter(Boolean), language).toEqual(grammar?.aliases ?? []);
    const others = [...new Set(within(grammar))].filter((other) => LANGUAGES.includes(other));
    expect((WITHIN[language] ?? "").split(" ").filter(Boolean).sort(), language).toEqual(others.sort());
    for (const other of others) {
      expect(highlighterFor(language).getLanguage(other), `${other} in ${language}`).toBeDefined();
    }
  }
});

test("code is coloured by any name of its language, and left plain by names that are none", () => {
  expect(highlightedHtml("let a = 1;", "TS")).toContain("hljs-keyword");
  expect(highlightedHtml("<p class='a'></p>", "html")).toContain("hljs-tag");
  for (const name of ["", "constructor", "__proto__", "toString", "klingon"]) {
    expect(highlightedHtml("let a = 1;", name)).toBeUndefined();
  }
});

test("a file's language is told by its name", () => {
  expect(["a/b.tsx", "Makefile", "x.vue", "c.h", "README"].map(languageOf)).toEqual([
    ...["tsx", "makefile", "xml", "c", undefined],
  ]);
});
