/** The languages that code is coloured in: those that agents write most. Each costs a few kilobytes of the page. */

import type { HLJSApi, LanguageFn } from "highlight.js";
import hljs from "highlight.js/lib/core";
import bash from "highlight.js/lib/languages/bash";
import c from "highlight.js/lib/languages/c";
import cpp from "highlight.js/lib/languages/cpp";
import csharp from "highlight.js/lib/languages/csharp";
import css from "highlight.js/lib/languages/css";
import diff from "highlight.js/lib/languages/diff";
import dockerfile from "highlight.js/lib/languages/dockerfile";
import go from "highlight.js/lib/languages/go";
import ini from "highlight.js/lib/languages/ini";
import java from "highlight.js/lib/languages/java";
import javascript from "highlight.js/lib/languages/javascript";
import json from "highlight.js/lib/languages/json";
import kotlin from "highlight.js/lib/languages/kotlin";
import makefile from "highlight.js/lib/languages/makefile";
import markdown from "highlight.js/lib/languages/markdown";
import php from "highlight.js/lib/languages/php";
import powershell from "highlight.js/lib/languages/powershell";
import python from "highlight.js/lib/languages/python";
import ruby from "highlight.js/lib/languages/ruby";
import rust from "highlight.js/lib/languages/rust";
import scss from "highlight.js/lib/languages/scss";
import shell from "highlight.js/lib/languages/shell";
import sql from "highlight.js/lib/languages/sql";
import swift from "highlight.js/lib/languages/swift";
import typescript from "highlight.js/lib/languages/typescript";
import xml from "highlight.js/lib/languages/xml";
import yaml from "highlight.js/lib/languages/yaml";

const LANGUAGES: Readonly<Record<string, LanguageFn>> = {
  ...{ bash, c, cpp, csharp, css, diff, dockerfile, go, ini, java, javascript, json, kotlin, makefile, markdown },
  ...{ php, powershell, python, ruby, rust, scss, shell, sql, swift, typescript, xml, yaml },
};

/** The other names of each, as its grammar tells them once it is made. */
export const NAMES: Readonly<Record<string, string>> = {
  ...{ bash: "sh zsh", c: "h", cpp: "cc c++ h++ hpp hh hxx cxx", csharp: "cs c#", diff: "patch", dockerfile: "docker" },
  ...{
    go: "golang",
    ini: "toml",
    java: "jsp",
    javascript: "js jsx mjs cjs",
    json: "jsonc json5",
    kotlin: "kt kts ktm ktx",
  },
  ...{ makefile: "mk mak make", markdown: "md mkdown mkd", powershell: "pwsh ps ps1", python: "py gyp ipython" },
  ...{ ruby: "rb gemspec podspec thor irb", rust: "rs", shell: "console shellsession", typescript: "ts tsx mts cts" },
  ...{ xml: "html xhtml rss atom xjb xsd xsl plist wsf svg", yaml: "yml" },
};

/** The languages that stand within one. */
export const WITHIN: Readonly<Record<string, string>> = {
  ...{ dockerfile: "bash", javascript: "xml css", markdown: "xml", shell: "bash", typescript: "xml css" },
  ...{ xml: "css javascript", yaml: "ruby" },
};

/** Endings and names of files that no language goes by itself. */
const ALSO: Readonly<Record<string, string>> = {
  ...{ h: "c", hh: "cpp", cfg: "ini", conf: "ini", env: "bash", ipynb: "json", jsonl: "json", lock: "json" },
  ...{ vue: "xml", svelte: "xml", psm1: "powershell", pyi: "python", makefile: "makefile", dockerfile: "dockerfile" },
};

const BY_NAME: ReadonlyMap<string, string> = new Map([
  ...Object.entries(NAMES).flatMap(([language, names]) =>
    names.split(" ").map((name): [string, string] => [name, language]),
  ),
  ...Object.keys(LANGUAGES).map((language): [string, string] => [language, language]),
]);

const highlighter: HLJSApi = hljs.newInstance();

/** What colours code in a language; undefined for none that is known. A grammar is long in the making: each waits for its first use. */
export function highlighterFor(name: string): HLJSApi | undefined {
  const language = BY_NAME.get(name.toLowerCase());
  if (language === undefined) {
    return undefined;
  }
  prepare(language);
  return highlighter;
}

function prepare(language: string): void {
  const grammar = LANGUAGES[language];
  if (grammar !== undefined && highlighter.getLanguage(language) === undefined) {
    highlighter.registerLanguage(language, grammar);
    for (const other of WITHIN[language]?.split(" ") ?? []) {
      prepare(other);
    }
  }
}

/** The language of a file by its name; undefined when none that is known fits. */
export function languageOf(path: string): string | undefined {
  const name = path.split(/[/\\]/).at(-1)?.toLowerCase() ?? "";
  const ending = name.split(".").at(-1) ?? "";
  const language = Object.hasOwn(ALSO, ending) ? ALSO[ending] : ending;
  return language !== undefined && BY_NAME.has(language) ? language : undefined;
}
