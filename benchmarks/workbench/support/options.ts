// What is to be measured, as the command line said; and where figures go.

import { appendFileSync } from "node:fs";
import { test } from "@playwright/test";

export interface Options {
  readonly megabytes: readonly number[];
  readonly opens: number;
  readonly flingSeconds: number;
  /** Receives a line of JSON for each report, and for each part that came to its end. */
  readonly results: string;
  /** The names of the peers that are installed. */
  readonly peers: readonly string[];
  /** The parts that an earlier run measured. */
  readonly done: readonly string[];
}

export const options: Options = JSON.parse(process.env["SESSION_MIRROR_BENCHMARK"] ?? "{}");

/** Figures of a table's column, each under its row's title; shown at once, and kept even if what follows fails. */
export function report(table: string, column: string, figures: Readonly<Record<string, string>>): void {
  write({ part: test.info().title, table, column, figures });
  for (const [row, figure] of Object.entries(figures)) {
    console.log(`    ${column}, ${row}: ${figure}`);
  }
}

/** The part that runs has told all its figures. */
export function reportEnd(): void {
  write({ part: test.info().title, isDone: true });
}

function write(line: object): void {
  appendFileSync(options.results, `${JSON.stringify(line)}\n`);
}

/** The median, and between which others it is. */
export function milliseconds(values: readonly number[]): string {
  const sorted = [...values].sort((a, b) => a - b);
  const middle = sorted[Math.floor(sorted.length / 2)] ?? 0;
  return `${middle.toFixed(0)} ms (${(sorted[0] ?? 0).toFixed(0)}–${(sorted.at(-1) ?? 0).toFixed(0)})`;
}

export function megabytes(bytes: number): string {
  return `${(bytes / 1e6).toFixed(0)} MB`;
}

/** A session's size, as tables call it. */
export function sizeName(size: number): string {
  return size < 1000 ? `${size} MB` : `${size / 1000} GB`;
}
