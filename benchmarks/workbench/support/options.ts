// What is to be measured, as the command line said; and where figures go.

import { appendFileSync } from "node:fs";

export interface Options {
  readonly megabytes: readonly number[];
  readonly opens: number;
  readonly flingSeconds: number;
  /** Receives a line of JSON for each row. */
  readonly results: string;
  /** Where the peer is installed; none is measured without. */
  readonly peer: string;
}

export const options: Options = JSON.parse(process.env["SESSION_MIRROR_BENCHMARK"] ?? "{}");

export function report(table: string, row: Record<string, string>): void {
  appendFileSync(options.results, `${JSON.stringify({ table, row })}\n`);
}

export function milliseconds(values: readonly number[]): string {
  const sorted = [...values].sort((a, b) => a - b);
  const middle = sorted[Math.floor(sorted.length / 2)] ?? 0;
  return `${middle.toFixed(0)} (${(sorted[0] ?? 0).toFixed(0)}–${(sorted.at(-1) ?? 0).toFixed(0)})`;
}

export function megabytes(bytes: number): string {
  return `${(bytes / 1e6).toFixed(0)} MB`;
}
