// The replay in the real workbench: opening, seeking, flinging and memory, from disk and from a bucket, beside a page that
// does nothing and public viewers. Prints tables, and asserts nothing.

import { existsSync } from "node:fs";
import { mkdir, readFile, writeFile } from "node:fs/promises";
import { cpus, loadavg } from "node:os";
import { dirname, join } from "node:path";
import { parseArgs } from "node:util";
import { ensureNodeModules } from "../scripts/lib/packages.mjs";
import { ROOT } from "../scripts/lib/places.mjs";
import { runMain, step } from "../scripts/lib/progress.mjs";
import { run } from "../scripts/lib/run.mjs";
import { ensureVsix } from "../scripts/lib/vsix.mjs";
import { PEERS } from "./workbench/support/peers.mjs";

const RESULTS = join(ROOT, "test-results/workbench.jsonl");
const LIMIT_MS = 3 * 3_600_000;

/** @typedef {{ part: string, isDone: true } | { part: string, table: string, column: string, figures: Record<string, string> }} Line */

await runMain(async () => {
  const { values } = parseArgs({
    options: {
      megabytes: { type: "string", default: "1,100" },
      gigabyte: { type: "boolean", default: false },
      opens: { type: "string", default: "5" },
      seconds: { type: "string", default: "30" },
      only: { type: "string", default: "." },
      "no-peer": { type: "boolean", default: false },
      resume: { type: "boolean", default: false },
    },
  });
  await ensureNodeModules();
  await ensureVsix();
  const options = {
    megabytes: [...values.megabytes.split(",").map(Number), ...(values.gigabyte ? [1000] : [])],
    opens: Number(values.opens),
    flingSeconds: Number(values.seconds),
    results: RESULTS,
    peers: values["no-peer"] ? [] : await installPeers(),
    done: await begin(values.resume),
  };
  const playwright = join(ROOT, "node_modules/@playwright/test/cli.js");
  const config = join(ROOT, "benchmarks/workbench/playwright.config.ts");
  process.once("SIGINT", () => undefined); // Playwright ends of it, and what was measured is told
  const failure = await run(process.execPath, [playwright, "test", "--config", config, "--grep", values.only], {
    cwd: ROOT,
    env: { ...process.env, SESSION_MIRROR_BENCHMARK: JSON.stringify(options) },
    show: true,
    timeoutMs: LIMIT_MS,
  }).then(
    () => 0,
    () => 1,
  );
  const load = loadavg().map((each) => each.toFixed(1));
  console.log(`\n${new Date().toISOString().slice(0, 16)}, ${cpus().length} cores, load ${load.join(" ")}`);
  for (const [title, columns] of tables(await results())) {
    console.log(`\n${title}\n\n${markdown(columns)}`);
  }
  if (failure) {
    console.log("\nNot all was measured. The same command with --resume measures what is missing.");
  }
  return failure;
});

/** The names of those that could be installed: without a network, the rest is measured all the same. */
async function installPeers() {
  const names = [];
  for (const peer of PEERS) {
    try {
      await step(`Installing ${peer.name}`, peer.install);
      names.push(peer.name);
    } catch (error) {
      console.log(error instanceof Error ? error.message : error);
    }
  }
  return names;
}

/**
 * Keeps the figures of the parts that an earlier run measured to the end, or none.
 * @param {boolean} isResumed
 * @returns {Promise<string[]>} those parts
 */
async function begin(isResumed) {
  const before = isResumed ? await results() : [];
  const done = new Set(before.flatMap((line) => ("isDone" in line ? [line.part] : [])));
  const kept = before.filter((line) => done.has(line.part));
  await mkdir(dirname(RESULTS), { recursive: true });
  await writeFile(RESULTS, kept.map((line) => `${JSON.stringify(line)}\n`).join(""));
  return [...done];
}

/** @returns {Promise<Line[]>} */
async function results() {
  const text = existsSync(RESULTS) ? await readFile(RESULTS, "utf8") : "";
  return text
    .split("\n")
    .filter(Boolean)
    .map((line) => JSON.parse(line));
}

/**
 * The figures of each column of each table, in the order in which they came.
 * @param {Line[]} lines
 */
function tables(lines) {
  /** @type {Map<string, Map<string, Record<string, string>>>} */
  const all = new Map();
  for (const line of lines) {
    if ("table" in line) {
      const columns = all.get(line.table) ?? new Map();
      columns.set(line.column, { ...columns.get(line.column), ...line.figures });
      all.set(line.table, columns);
    }
  }
  return all;
}

/** @param {Map<string, Record<string, string>>} columns */
function markdown(columns) {
  const fullest = [...columns.values()].map(Object.keys).sort((one, other) => other.length - one.length);
  const titles = [...new Set(fullest.flat())];
  const rows = titles.map((title) => [title, ...[...columns.values()].map((figures) => figures[title] ?? "")]);
  const header = ["", ...columns.keys()];
  const line = (/** @type {string[]} */ cells) => `| ${cells.join(" | ")} |`;
  return [header, header.map(() => "---"), ...rows].map(line).join("\n");
}
