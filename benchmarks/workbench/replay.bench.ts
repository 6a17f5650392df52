// Sessions of several sizes, from disk and from a bucket: opening, seeking, a long fling, and what it all costs.

import { rm } from "node:fs/promises";
import { basename, join } from "node:path";
import { run } from "../../scripts/lib/run.mjs";
import { askForBucket } from "../../tests/e2e/pages/connecting";
import { expect } from "../../tests/e2e/support/fixtures";
import type { Machine } from "../../tests/e2e/support/machine";
import { type S3Server, startS3 } from "../../tests/e2e/support/s3";
import { Bench, type Fling } from "./support/bench";
import { residentMemory } from "./support/cost";
import { megabytes, milliseconds, options, report, sizeName } from "./support/options";
import { test as base } from "./support/plainPages";
import { writeSession } from "./support/session";
import type { Target } from "./support/watch";

const BUCKET = "sessions";
const DISK_TABLE = "The replay in the workbench, from disk";
const BUCKET_TABLE = "The replay in the workbench, from a bucket";
const OPENING = "click to the first event, median (fastest–slowest)";
/** Where on the strip is clicked, as shares of its length: all over it, in no order. */
const PLACES = [0.5, 0.13, 0.87, 0.31, 0.71, 0.05, 0.94, 0.42, 0.62, 0.22];
const KEYS: readonly (readonly [string, Target])[] = [
  ["5", 0.5],
  ["End", "last"],
  ["Home", "first"],
  ["9", 0.9],
  ["1", 0.1],
  ["End", "last"],
  ["3", 0.3],
  ["Home", "first"],
];

function titleOf(size: number): string {
  return `A session of ${size} MB`;
}

/** Writes the only session of the workspace; returns its transcript's path. */
async function onlySession(machine: Machine, size: number): Promise<string> {
  const folder = join(machine.claudeHome, "projects", machine.workspace.replaceAll(/[^A-Za-z0-9]/g, "-"));
  const path = join(folder, `00000000-0000-4000-8000-${String(size).padStart(12, "0")}.jsonl`);
  await writeSession(path, size, machine.workspace, titleOf(size));
  return path;
}

async function measure(bench: Bench, machine: Machine, table: string, size: number): Promise<void> {
  const tell = (figures: Readonly<Record<string, string>>): void => report(table, sizeName(size), figures);
  await bench.window.sessions.open();
  // By its whole name: the text of a row is cut where its state needs the room.
  const row = bench.page.getByRole("treeitem", { name: titleOf(size) });
  await bench.warmUp(row);
  const opened: number[] = [];
  const before = await bench.cost();
  for (let round = 0; round < options.opens; round += 1) {
    opened.push(await bench.open(row));
    if (round < options.opens - 1) {
      await bench.closeTab();
    }
  }
  tell({ [OPENING]: milliseconds(opened) });
  await expect(bench.window.replay.slider).toHaveAttribute("aria-valuemax", /[1-9]/);
  tell({ "click on the strip to its place": milliseconds(await clickStrip(bench)) });
  await bench.window.replay.scroller.focus();
  tell({ "key to its place": milliseconds(await pressKeys(bench)) });
  tell(told(await bench.fling(options.flingSeconds)));
  const cost = await bench.cost();
  const [helper = 0] = await machine.helpers();
  const memory = await residentMemory(helper);
  tell({
    "heap of the window with all its pages, and what the replay added": `${megabytes(cost.heap)}, ${megabytes(cost.heap - before.heap)}`,
    "DOM nodes that the replay added": String(cost.nodes - before.nodes),
    "helper, and at most": `${megabytes(memory.now)}, ${megabytes(memory.most)}`,
  });
}

async function clickStrip(bench: Bench): Promise<readonly number[]> {
  const took: number[] = [];
  for (const share of PLACES) {
    // The times beside it grow while lines are looked at.
    const box = await bench.window.replay.slider.boundingBox();
    if (box === null) {
      throw new Error("there is no strip");
    }
    const click = () => bench.page.mouse.click(box.x + box.width * share, box.y + box.height / 2);
    took.push((await bench.seek(share, click)).ms);
  }
  return took;
}

/** Ends at the session's beginning. */
async function pressKeys(bench: Bench): Promise<readonly number[]> {
  const took: number[] = [];
  for (const [key, target] of KEYS) {
    took.push((await bench.seek(target, () => bench.page.keyboard.press(key))).ms);
  }
  return took;
}

function told({ deltas, pending, work, seconds }: Fling): Record<string, string> {
  const share = (limit: number): string =>
    `${((100 * deltas.filter((each) => each > limit).length) / Math.max(1, deltas.length)).toFixed(1)} %`;
  const ofTime = (spent: number): string => `${((100 * spent) / seconds).toFixed(0)} %`;
  return {
    "frames of a fling longer than 17.7 ms, than 34 ms": `${share(17.7)}, ${share(34)}`,
    "frames of a fling, and the longest": `${deltas.length}, ${Math.max(0, ...deltas).toFixed(0)} ms`,
    "main thread, of the fling's time: all, script, style and layout": `${ofTime(work.all)}, ${ofTime(work.script)}, ${ofTime(work.layout)}`,
    "main thread for each frame": `${((1000 * work.all) / Math.max(1, deltas.length)).toFixed(1)} ms`,
    "frames with a record not loaded yet": String(pending),
  };
}

const test = base.extend<{ readonly s3: S3Server }>({
  s3: async ({ machine }, use) => {
    const server = await startS3(machine.root, BUCKET);
    await use(server);
    await server.stop();
  },
});

test.use({ settings: { "sessionMirror.autoStart": false } });

test("plain pages", async ({ editor }) => {
  const bench = await Bench.start(editor);
  await bench.page.getByRole("tab", { name: "Plain Pages" }).first().click();
  const row = bench.page.getByRole("treeitem", { name: "Empty page" });
  await bench.warmUp(row);
  const opened: number[] = [];
  for (let round = 0; round < options.opens; round += 1) {
    opened.push(await bench.open(row));
    await bench.closeTab();
  }
  report(DISK_TABLE, "plain page", { [OPENING]: milliseconds(opened) });
  await bench.open(bench.page.getByRole("treeitem", { name: "Long page" }));
  const { "frames with a record not loaded yet": _, ...figures } = told(await bench.fling(options.flingSeconds));
  report(DISK_TABLE, "plain page", figures);
});

for (const size of options.megabytes) {
  test(`${sizeName(size)} from disk`, async ({ machine, editor }) => {
    await onlySession(machine, size);
    await measure(await Bench.start(editor), machine, DISK_TABLE, size);
  });

  test.describe("from a bucket", () => {
    test.use({ settings: {} });

    test(`${sizeName(size)} from a bucket`, async ({ machine, installed, editor, s3 }) => {
      const address = `s3://${BUCKET}/laptop`;
      const bootstrap = join(installed.extension, "pyhelper/bootstrap.py");
      const keys = { AWS_ACCESS_KEY_ID: "AK", AWS_SECRET_ACCESS_KEY: "SK", AWS_ENDPOINT_URL_S3: s3.endpoint };
      const path = await onlySession(machine, size);
      const session = ["--session-id", basename(path, ".jsonl"), "--cwd", machine.workspace];
      const mirror = ["mirror", "--harness", "claude-code", ...session, "--destination", address];
      const env = { ...machine.env, ...keys };
      await run(machine.python, ["-I", "-S", "-X", "utf8", bootstrap, ...mirror], { env });
      await rm(path);
      const names = (await s3.keys(BUCKET)).map((key) => basename(key));
      const hasIndex = names.some((name) => name.startsWith("lines-"));
      const bench = await Bench.start(editor);
      await bench.window.status.item.waitFor(); // the extension's commands are there by then
      await askForBucket(bench.window, address, s3.endpoint);
      await bench.window.dialog.getByRole("button", { name: "Upload There" }).click();
      await measure(bench, machine, BUCKET_TABLE, size);
      report(BUCKET_TABLE, sizeName(size), {
        "parts, and an index of the lines beside them": `${names.filter((name) => name.startsWith("part-")).length}, ${hasIndex ? "yes" : "no"}`,
      });
    });
  });
}
