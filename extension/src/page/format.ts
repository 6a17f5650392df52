/** Numbers, sizes and times as the reader sees them. */

/** A browser takes long to make its first format: what a page begins with is written without, the others wait. */
function onNeed<T>(make: () => T): () => T {
  let made: T | undefined;
  return () => {
    made ??= make();
    return made;
  };
}

const fullDate = onNeed(() => new Intl.DateTimeFormat(undefined, { dateStyle: "full", timeStyle: "medium" }));
const moment = onNeed(() => new Intl.DateTimeFormat(undefined, { dateStyle: "medium", timeStyle: "short" }));
const compact = onNeed(() => new Intl.NumberFormat("en", { notation: "compact", maximumFractionDigits: 1 }));

/** The furthest time that a Date can hold; a transcript may say anything. */
const MAX_TIME_MS = 8.64e15;

export function isTime(timeMs: number | null): timeMs is number {
  return timeMs !== null && Math.abs(timeMs) <= MAX_TIME_MS;
}

/** The time of the day here, to the second, of 24 hours. */
export function formatClock(timeMs: number): string {
  const time = new Date(timeMs);
  return [time.getHours(), time.getMinutes(), time.getSeconds()].map((part) => String(part).padStart(2, "0")).join(":");
}

export function formatDate(timeMs: number): string {
  return fullDate().format(timeMs);
}

/** A date and a time in few letters. */
export function formatMoment(timeMs: number): string {
  return moment().format(timeMs);
}

/** A whole number, as English writes it, like all else in the page: `1,234`. */
export function formatCount(count: number): string {
  return String(Math.round(count)).replace(/\B(?=(\d{3})+$)/g, ",");
}

function oneDigit(value: number): string {
  return String(Math.round(value * 10) / 10);
}

/** Large numbers in few letters: `1.2M`. */
export function formatCompact(count: number): string {
  return compact().format(count);
}

export function plural(count: number, one: string, many: string): string {
  return `${formatCount(count)} ${count === 1 ? one : many}`;
}

export function formatBytes(bytes: number): string {
  const units = ["B", "KB", "MB", "GB", "TB"];
  let value = bytes;
  let unit = 0;
  while (value >= 1000 && unit < units.length - 1) {
    value /= 1000;
    unit += 1;
  }
  return `${value >= 100 || unit === 0 ? formatCount(value) : oneDigit(value)} ${units[unit] ?? "B"}`;
}

/** How long something took, in the unit that suits it: `0.4 s`, `12 s`, `4 min`, `1 h 12 min`. */
export function formatDuration(ms: number): string {
  const seconds = Math.round(ms / 1000);
  if (ms < 9950) {
    return `${oneDigit(ms / 1000)} s`;
  }
  if (seconds < 60) {
    return `${seconds} s`;
  }
  const minutes = Math.round(seconds / 60);
  return minutes < 60
    ? `${minutes} min`
    : [`${formatCount(Math.floor(minutes / 60))} h`, minutes % 60 && `${minutes % 60} min`].filter(Boolean).join(" ");
}

/** The length in Unicode code points, which is how the helper counts. */
export function codePoints(text: string): number {
  let count = 0;
  for (let i = 0; i < text.length; i += 1) {
    const unit = text.charCodeAt(i);
    const pair = unit >= 0xd800 && unit < 0xdc00 && (text.charCodeAt(i + 1) & 0xfc00) === 0xdc00;
    i += pair ? 1 : 0;
    count += 1;
  }
  return count;
}

/** Paths within a folder without its name: of the session's own folder everybody knows. */
export function belowFolder(text: string, folder: string | null): string {
  if (folder === null || folder.length < 2) {
    return text;
  }
  if (text === folder) {
    return ".";
  }
  const below = text.replaceAll(`${folder}/`, "").replaceAll(`${folder}\\`, "");
  const within = ` in ${folder}`;
  return below.endsWith(within) ? below.slice(0, -within.length) : below;
}

/** The first line with something in it, cut to fit one row. */
export function firstLine(text: string, maxChars = 240): string {
  const line = /\S[^\r\n]*/.exec(text)?.[0].trimEnd() ?? "";
  return line.length > maxChars ? `${line.slice(0, maxChars).trimEnd()}…` : line;
}

/** The beginning of pretty-printed JSON on one line; its first line alone would be a bracket. */
export function jsonInLine(text: string, maxChars = 240): string {
  return firstLine(text.slice(0, maxChars * 4).replace(/\s+/g, " "), maxChars);
}

export function lineCount(text: string): number {
  return text === "" ? 0 : text.replace(/\r?\n$/, "").split("\n").length;
}
