/** Where a text that a session once wrote stands in a file by now. */

const TELLING_CHARS = 8;

/** Lines from 0. */
export interface Found {
  readonly line: number;
  readonly lastLine: number;
  /** Only one of its lines is still there. */
  readonly isPartly: boolean;
}

/** `mark` may be cut at its end. */
export function findMark(text: string, mark: string): Found | undefined {
  const lines = text.split(/\r?\n/);
  const marked = mark.split(/\r?\n/);
  const whole = mark.trim() === "" ? -1 : lines.join("\n").indexOf(marked.join("\n"));
  if (whole >= 0) {
    const line = lines.join("\n").slice(0, whole).split("\n").length - 1;
    const last = marked.at(-1) === "" ? marked.length - 2 : marked.length - 1;
    return { line, lastLine: line + Math.max(0, last), isPartly: false };
  }
  const line = mostTellingFirst(marked)
    .map((each) => onlyPlaceOf(each, lines))
    .find((place) => place !== undefined);
  return line === undefined ? undefined : { line, lastLine: line, isPartly: true };
}

function mostTellingFirst(lines: readonly string[]): readonly string[] {
  return lines
    .map((line) => line.trim())
    .filter((line) => line.length >= TELLING_CHARS)
    .sort((one, other) => other.length - one.length);
}

function onlyPlaceOf(wanted: string, lines: readonly string[]): number | undefined {
  const places = lines.flatMap((line, number) => (line.trim() === wanted ? [number] : []));
  return places.length === 1 ? places[0] : undefined;
}
