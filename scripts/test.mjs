// The one test command. Installs what it needs, runs every check even when an earlier one failed, and sums up.
//   --fast       without the packed extension in a real workbench
//   --only=lint  linters, formatters and type checkers only

import { join } from "node:path";
import { parseArgs } from "node:util";
import { ensureNodeModules, findChromium, installSystemPackages, missingSystemPackages } from "./lib/packages.mjs";
import { inVenv, ROOT } from "./lib/places.mjs";
import { runMain, step } from "./lib/progress.mjs";
import { ensureVenv } from "./lib/python.mjs";
import { Failure, run } from "./lib/run.mjs";
import { ensureWorkbench } from "./workbench/install.mjs";

/**
 * @typedef {object} Check
 * @property {string} name
 * @property {"lint" | "unit" | "workbench"} kind
 * @property {readonly string[]} command
 * @property {number} [limitMinutes] 5 unless told
 * @property {boolean} [timed] its tests wait with limits, so nothing heavy may run beside it
 */

const python = inVenv("python");
const node = (/** @type {string} */ script) => [process.execPath, join(ROOT, script)];

/**
 * Most tests wait for processes, clocks and stalled lines: more of them at once than there are cores. Files in their
 * own order: those with the most tests first would leave the long ones, of one or two tests each, for the end.
 */
const SIDE_BY_SIDE = ["--numprocesses", "4", "--dist", "loadfile", "--no-loadscope-reorder"];

/** @type {readonly Check[]} */
const CHECKS = [
  { name: "ruff check", kind: "lint", command: [python, "-m", "ruff", "check", "."] },
  { name: "ruff format", kind: "lint", command: [python, "-m", "ruff", "format", "--check", "."] },
  { name: "mypy", kind: "lint", command: [python, "-m", "mypy"] },
  { name: "protocol is current", kind: "lint", command: [python, "scripts/generate_protocol.py", "--check"] },
  { name: "biome", kind: "lint", command: [...node("node_modules/@biomejs/biome/bin/biome"), "check", "."] },
  { name: "tsc", kind: "lint", command: [...node("node_modules/typescript/bin/tsc"), "--project", "."] },
  { name: "vitest", kind: "unit", command: [...node("node_modules/vitest/vitest.mjs"), "run"] },
  { name: "build", kind: "unit", command: node("scripts/build.mjs") },
  {
    name: "pytest",
    kind: "unit",
    command: [python, "-m", "pytest", "--quiet", ...SIDE_BY_SIDE],
    limitMinutes: 20,
    timed: true,
  },
  { name: "package", kind: "workbench", command: node("scripts/package.mjs") },
  {
    name: "workbench",
    kind: "workbench",
    command: [...node("node_modules/@playwright/test/cli.js"), "test"],
    limitMinutes: 20,
    timed: true,
  },
];

await runMain(async () => {
  const { values } = parseArgs({ options: { fast: { type: "boolean" }, only: { type: "string" } } });
  if (values.only !== undefined && values.only !== "lint") {
    throw new Failure(`--only knows "lint", not "${values.only}".`);
  }
  const withWorkbench = !values.fast && values.only === undefined;
  const workbench = await prepare(withWorkbench);
  const wanted = CHECKS.filter(({ kind }) =>
    values.only ? kind === values.only : withWorkbench || kind !== "workbench",
  );
  const results = [];
  for (const check of wanted) {
    if (check.timed) {
      await workbench.ready;
    }
    results.push(await runCheck(check));
  }
  return sumUp(results);
});

/**
 * The workbench takes minutes the first time: it is installed beside what has no clock to keep.
 *
 * @param {boolean} withWorkbench
 * @returns {Promise<{ ready: Promise<unknown> }>}
 */
async function prepare(withWorkbench) {
  const missing = (await missingSystemPackages()).filter((name) => withWorkbench || name.startsWith("python"));
  if (missing.length > 0) {
    await step(`Installing ${missing.join(", ")}`, () => installSystemPackages(missing));
  }
  await step("Node packages", ensureNodeModules);
  await step("Python environment", ensureVenv);
  if (withWorkbench) {
    if (!findChromium()) {
      throw new Failure(
        "The workbench tests need Chromium: install it, or name it: CHROMIUM=/path/to/chromium npm test",
      );
    }
  }
  const ready = withWorkbench ? step("Workbench", ensureWorkbench) : Promise.resolve();
  ready.catch(() => undefined); // a failure is met where it is waited for
  return { ready };
}

/**
 * @param {Check} check
 * @returns {Promise<{ name: string, passed: boolean, seconds: number }>}
 */
async function runCheck({ name, command: [program = "", ...args], limitMinutes = 5 }) {
  console.log(`\n── ${name}`);
  const began = Date.now();
  let passed = true;
  try {
    await run(program, args, { cwd: ROOT, show: true, timeoutMs: limitMinutes * 60_000 });
  } catch (error) {
    passed = false;
    console.error(error instanceof Failure ? error.message : error);
  }
  return { name, passed, seconds: (Date.now() - began) / 1000 };
}

/** @param {readonly { name: string, passed: boolean, seconds: number }[]} results */
function sumUp(results) {
  console.log("\n── summary");
  for (const { name, passed, seconds } of results) {
    console.log(`${passed ? "✓" : "✗"} ${name.padEnd(24)} ${seconds.toFixed(1).padStart(7)} s`);
  }
  const failed = results.filter(({ passed }) => !passed).length;
  console.log(`checks: ${results.length - failed} passed, ${failed} failed`);
  return failed === 0 ? 0 : 1;
}
