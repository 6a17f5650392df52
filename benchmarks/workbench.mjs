// The replay in the real workbench: opening, seeking, flinging and memory, from disk and from a bucket, beside a page that
// does nothing and a public viewer. Prints tables, and asserts nothing.

import { existsSync } from "node:fs";
import { mkdir, readFile, rm } from "node:fs/promises";
import { cpus, loadavg } from "node:os";
import { join } from "node:path";
import { parseArgs } from "node:util";
import { ensureNodeModules } from "../scripts/lib/packages.mjs";
import { cacheDir, ROOT } from "../scripts/lib/places.mjs";
import { runMain, step } from "../scripts/lib/progress.mjs";
import { pythonWithPip } from "../scripts/lib/python.mjs";
import { run } from "../scripts/lib/run.mjs";
import { ensureVsix } from "../scripts/lib/vsix.mjs";

const PEER = "claude-code-log==1.7.0";
const RESULTS = join(ROOT, "test-results/workbench.jsonl");
const LIMIT_MS = 2 * 3_600_000;

await runMain(async () => {
  const { values } = parseArgs({
    options: {
      megabytes: { type: "string", default: "1,100" },
      gigabyte: { type: "boolean", default: false },
      opens: { type: "string", default: "5" },
      seconds: { type: "string", default: "30" },
      only: { type: "string", default: "." },
      "no-peer": { type: "boolean", default: false },
    },
  });
  await ensureNodeModules();
  await ensureVsix();
  const options = {
    megabytes: [...values.megabytes.split(",").map(Number), ...(values.gigabyte ? [1000] : [])],
    opens: Number(values.opens),
    flingSeconds: Number(values.seconds),
    results: RESULTS,
    peer: values["no-peer"] ? "" : await step(`Installing ${PEER}`, installPeer),
  };
  await mkdir(join(ROOT, "test-results"), { recursive: true });
  await rm(RESULTS, { force: true });
  const playwright = join(ROOT, "node_modules/@playwright/test/cli.js");
  const config = join(ROOT, "benchmarks/workbench/playwright.config.ts");
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
  console.log("Where several were measured: the median (the fastest–the slowest).");
  for (const [title, rows] of await tables()) {
    console.log(`\n${title}\n${table(rows)}`);
  }
  return failure;
});

/** Into a folder of its own, beside other things that may be deleted at any time. */
async function installPeer() {
  const folder = join(cacheDir(), "peers", PEER);
  if (!existsSync(join(folder, "bin/claude-code-log"))) {
    const python = await pythonWithPip();
    await run(python, ["-m", "venv", folder]);
    await run(join(folder, "bin/pip"), ["install", "--quiet", PEER]);
  }
  return folder;
}

/** @returns {Promise<Map<string, Record<string, string>[]>>} the rows of each table, in the order in which they came */
async function tables() {
  const lines = (await readFile(RESULTS, "utf8").catch(() => "")).split("\n").filter(Boolean);
  /** @type {Map<string, Record<string, string>[]>} */
  const all = new Map();
  for (const { table: title, row } of lines.map((line) => JSON.parse(line))) {
    all.set(title, [...(all.get(title) ?? []), row]);
  }
  return all;
}

/** @param {Record<string, string>[]} rows */
function table(rows) {
  const titles = [...new Set(rows.flatMap((row) => Object.keys(row)))];
  const cells = [titles, ...rows.map((row) => titles.map((title) => row[title] ?? ""))];
  const widths = titles.map((_, column) => Math.max(...cells.map((line) => line[column]?.length ?? 0)));
  return cells.map((line) => line.map((cell, column) => cell.padEnd(widths[column] ?? 0)).join("  ")).join("\n");
}
