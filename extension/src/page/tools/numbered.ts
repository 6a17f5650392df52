/** What reading tools answer: a file's lines, numbered or not, and remarks of the agent's around them. */

export interface NumberedLines {
  /** The number of the first line. */
  readonly first: number;
  readonly lines: readonly string[];
  /** What stands below the file: reminders, notes on what was left out. */
  readonly remark: string;
}

/** `    12→text`, `12\ttext`, `12|text`: each agent has a sign of its own between number and text. */
const NUMBERED = /^ *(\d+)(?:→|\t|\|| {2}| ?: ?)(.*)$/;

/** `undefined` when the text isn't a run of numbered lines. */
export function numberedLinesOf(text: string): NumberedLines | undefined {
  const all = text.replace(/\r\n/g, "\n").split("\n");
  const first = Number(NUMBERED.exec(all[0] ?? "")?.[1] ?? Number.NaN);
  if (Number.isNaN(first)) {
    return undefined;
  }
  const lines: string[] = [];
  for (const line of all) {
    const match = NUMBERED.exec(line);
    if (match === null || Number(match[1]) !== first + lines.length) {
      break;
    }
    lines.push(match[2] ?? "");
  }
  const remark = all.slice(lines.length).join("\n").trim();
  // One line with a number at its start may be anything.
  return lines.length > 1 || remark === "" ? { first, lines, remark } : undefined;
}
