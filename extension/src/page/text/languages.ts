/** The languages that code is coloured in, and by which names: those that agents write most. */

const LANGUAGES = [
  ...["bash", "c", "cpp", "csharp", "css", "diff", "dockerfile", "go", "ini", "java", "javascript", "json", "kotlin"],
  ...["makefile", "markdown", "php", "powershell", "python", "ruby", "rust", "scss", "shell", "sql", "swift"],
  ...["typescript", "xml", "yaml"],
];

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

/** Endings and names of files that no language goes by itself. */
const ALSO: Readonly<Record<string, string>> = {
  ...{ h: "c", hh: "cpp", cfg: "ini", conf: "ini", env: "bash", ipynb: "json", jsonl: "json", lock: "json" },
  ...{ vue: "xml", svelte: "xml", psm1: "powershell", pyi: "python", makefile: "makefile", dockerfile: "dockerfile" },
};

const BY_NAME: ReadonlyMap<string, string> = new Map([
  ...Object.entries(NAMES).flatMap(([language, names]) =>
    names.split(" ").map((name): [string, string] => [name, language]),
  ),
  ...LANGUAGES.map((language): [string, string] => [language, language]),
]);

/** The language of a name; undefined for none that is known. */
export function languageNamed(name: string): string | undefined {
  return BY_NAME.get(name.toLowerCase());
}

/** The language of a file by its name; undefined when none that is known fits. */
export function languageOf(path: string): string | undefined {
  const name = path.split(/[/\\]/).at(-1)?.toLowerCase() ?? "";
  const ending = name.split(".").at(-1) ?? "";
  const language = Object.hasOwn(ALSO, ending) ? ALSO[ending] : ending;
  return language !== undefined && BY_NAME.has(language) ? language : undefined;
}
