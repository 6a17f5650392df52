/** What a terminal would have shown: text in the sixteen colours of the editor's own terminal, and no control characters. */

import Anser from "anser";

/** A stretch of text that looks the same; `classes` is empty for plain text. */
export interface Run {
  readonly text: string;
  readonly classes: string;
}

const NAMES = ["black", "red", "green", "yellow", "blue", "magenta", "cyan", "white"];
const COLOURS: readonly (readonly [name: string, rgb: readonly number[]])[] = NAMES.flatMap((name, bits) => {
  const rgb = (low: number, high: number): readonly number[] => [1, 2, 4].map((bit) => (bits & bit ? high : low));
  return [
    [name, name === "white" ? [255, 255, 255] : rgb(0, 187)],
    // The library's own idea of this one.
    [`bright-${name}`, name === "green" ? [0, 255, 0] : rgb(85, 255)],
  ] as const;
});
const DECORATIONS: ReadonlySet<string> = new Set(["bold", "dim", "italic", "underline", "strikethrough"]);

/** The library notes a decoration again each time it is told, and gives all texts the same list. */
class Terminal extends Anser {
  declare decorations: Anser.DecorationName[];

  override processChunkJson(...chunk: Parameters<Anser["processChunkJson"]>): Anser.AnserJsonEntry {
    const entry = super.processChunkJson(...chunk);
    this.decorations = [...new Set(this.decorations)];
    entry.decorations = entry.was_processed ? [...this.decorations] : [];
    return entry;
  }
}

/** Escape sequences that are no colours: titles and links, moves of the cursor, device controls, character sets, modes. */
const UNSEEN = new RegExp(
  [
    String.raw`\x1b\][^\x07\x1b]*(?:\x07|\x1b\\)`,
    String.raw`\x1b\[[0-9;:<=>?]*[ -/]*[@-ln-~]`,
    String.raw`\x1b[PX^_][^\x1b]*\x1b\\`,
    String.raw`\x1b[()][A-Z0-9]`,
    String.raw`\x1b[=>78A-Z]`,
  ].join("|"),
  "g",
);
// biome-ignore lint/suspicious/noControlCharactersInRegex: they are what it looks for
const CONTROL = /[\x00-\x08\x0b\x0c\x0e-\x1f\x7f]/g;
/** From the first return on: a run of them is gone through once. */
const LINE_END = /(?<!\r)\r+\n/g;
/** What a progress bar wrote over before it wrote the line that stays. */
const OVERWRITTEN = /^.*\r(?!\n|$)/gm;

export function hasEscapes(text: string): boolean {
  return text.includes("\x1b") || text.includes("\r");
}

export function withoutEscapes(text: string): string {
  return runsOf(text)
    .map((run) => run.text)
    .join("");
}

export function runsOf(text: string): readonly Run[] {
  if (!hasEscapes(text)) {
    return [{ text, classes: "" }];
  }
  const seen = text.replace(LINE_END, "\n").replace(UNSEEN, "").replace(OVERWRITTEN, "").replace(/\r/g, "");
  return new Terminal()
    .ansiToJson(seen, { json: true, remove_empty: true })
    .map(({ content, fg, bg, decorations }) => {
      const isReverse = decorations.includes("reverse");
      return {
        text: content.replace(CONTROL, ""),
        classes: [
          colourClass("fg", isReverse ? bg : fg),
          colourClass("bg", isReverse ? fg : bg),
          ...decorations.filter((each) => DECORATIONS.has(each)).map((each) => `ansi-${each}`),
        ]
          .filter((each) => each !== "")
          .join(" "),
      };
    })
    .filter((run) => run.text !== "");
}

/** Any of millions of colours as the nearest of the sixteen: those fit the reader's theme. */
function colourClass(ground: "fg" | "bg", rgb: string | null): string {
  const wanted = rgb?.split(",").map(Number) ?? [];
  if (wanted.length !== 3 || wanted.some(Number.isNaN)) {
    return "";
  }
  const distance = (colour: readonly number[]): number =>
    colour.reduce((sum, value, i) => sum + (value - (wanted[i] ?? 0)) ** 2, 0);
  const [nearest] = COLOURS.reduce((best, each) => (distance(each[1]) < distance(best[1]) ? each : best));
  return `ansi-${ground}-${nearest}`;
}
