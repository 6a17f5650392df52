/** The grammars of the languages that code is coloured in. Each costs a few kilobytes of the page. */

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

/** The languages that stand within one. */
export const WITHIN: Readonly<Record<string, string>> = {
  ...{ dockerfile: "bash", javascript: "xml css", markdown: "xml", shell: "bash", typescript: "xml css" },
  ...{ xml: "css javascript", yaml: "ruby" },
};

const highlighter: HLJSApi = hljs.newInstance();

/** What colours code in a language. A grammar is long in the making: each waits for its first use. */
export function highlighterFor(language: string): HLJSApi {
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
