// Sessions of several sizes, from disk and from a bucket: opening, seeking, a long fling, and what it all costs.

import { rm } from "node:fs/promises";
import { basename, join } from "node:path";
import { run } from "../../scripts/lib/run.mjs";
import { askForBucket } from "../../tests/e2e/pages/connecting";
import { expect } from "../../tests/e2e/support/fixtures";
import type { Machine } from "../../tests/e2e/support/machine";
import { startS3 } from "../../tests/e2e/support/s3";
import { Bench, type Fling } from "./support/bench";
import { residentMemory } from "./support/cost";
import { megabytes, milliseconds, options, report } from "./support/options";
import { test } from "./support/plainPages";
import { writeSession } from "./support/session";

const BUCKET = "sessions";
/** Where on the strip is clicked, as shares of its length: all over it, in no order. */
const PLACES = [0.5, 0.13, 0.87, 0.31, 0.71, 0.05, 0.94, 0.42, 0.62, 0.22];

function titleOf(size: number): string {
  return `A session of ${size} MB`;
}

async function writeSessions(machine: Machine): Promise<readonly string[]> {
  const folder = join(machine.claudeHome, "projects", machine.workspace.replaceAll(/[^A-Za-z0-9]/g, "-"));
  const paths = options.megabytes.map((size) =>
    join(folder, `00000000-0000-4000-8000-${String(size).padStart(12, "0")}.jsonl`),
  );
  for (const [at, size] of options.megabytes.entries()) {
    await writeSession(paths[at] ?? "", size, machine.workspace, titleOf(size));
  }
  return paths;
}

async function measure(bench: Bench, machine: Machine, origin: string): Promise<void> {
  await bench.window.sessions.open();
  for (const size of options.megabytes) {
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
    const session = `${size} MB`;
    report("Opening, in ms: from the click to the first event on the screen", {
      session,
      from: origin,
      opened: milliseconds(opened),
    });
    await expect(bench.window.replay.slider).toHaveAttribute("aria-valuemax", /[1-9]/);
    await seek(bench, session, origin);
    await bench.page.keyboard.press("Home");
    const fling = await bench.fling(options.flingSeconds);
    report("Scrolling", { of: session, from: origin, ...told(fling) });
    const cost = await bench.cost();
    const [helper = 0] = await machine.helpers();
    const memory = await residentMemory(helper);
    report("Memory, with the session open and scrolled through", {
      session,
      from: origin,
      "heap of all pages": megabytes(cost.heap),
      "of these the replay's": megabytes(cost.heap - before.heap),
      nodes: String(cost.nodes - before.nodes),
      helper: megabytes(memory.now),
      "at most": megabytes(memory.most),
    });
    await bench.closeTab();
  }
}

async function seek(bench: Bench, session: string, from: string): Promise<void> {
  const { replay } = bench.window;
  const box = await replay.slider.boundingBox();
  if (box === null) {
    throw new Error("there is no strip");
  }
  const clicks: number[] = [];
  for (const share of PLACES) {
    const settled = await bench.seek(() => bench.page.mouse.click(box.x + box.width * share, box.y + box.height / 2));
    clicks.push(settled.ms);
  }
  await replay.scroller.focus();
  const keys: number[] = [];
  for (const key of ["5", "End", "Home", "9", "1", "End", "3", "Home"]) {
    keys.push((await bench.seek(() => bench.page.keyboard.press(key))).ms);
  }
  report("Seeking, in ms: from the input to the place on the screen", {
    session,
    from,
    "clicks on the strip": milliseconds(clicks),
    keys: milliseconds(keys),
  });
}

function told({ deltas, pending, work, seconds }: Fling): Record<string, string> {
  const share = (limit: number): string =>
    `${((100 * deltas.filter((each) => each > limit).length) / Math.max(1, deltas.length)).toFixed(1)} %`;
  return {
    frames: String(deltas.length),
    "longer than 17.7 ms": share(17.7),
    "than 34 ms": share(34),
    longest: `${Math.max(0, ...deltas).toFixed(0)} ms`,
    "with gaps": String(pending),
    "CPU ms a frame": ((1000 * work.all) / Math.max(1, deltas.length)).toFixed(1),
    "CPU of the time": `${((100 * work.all) / seconds).toFixed(0)} %`,
    script: `${((100 * work.script) / seconds).toFixed(0)} %`,
    "style and layout": `${((100 * work.layout) / seconds).toFixed(0)} %`,
  };
}

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
  report("Opening, in ms: from the click to the first event on the screen", {
    session: "a page of one line",
    from: "",
    opened: milliseconds(opened),
  });
  await bench.open(bench.page.getByRole("treeitem", { name: "Long page" }));
  report("Scrolling", { of: "a page of 4000 lines", from: "", ...told(await bench.fling(options.flingSeconds)) });
});

test("from disk", async ({ machine, editor }) => {
  await writeSessions(machine);
  await measure(await Bench.start(editor), machine, "disk");
});

test.describe("from a bucket", () => {
  test.use({ settings: {} });

  test("from a bucket", async ({ machine, installed, editor }) => {
    const s3 = await startS3(machine.root, BUCKET);
    const address = `s3://${BUCKET}/laptop`;
    const bootstrap = join(installed.extension, "pyhelper/bootstrap.py");
    const keys = { AWS_ACCESS_KEY_ID: "AK", AWS_SECRET_ACCESS_KEY: "SK", AWS_ENDPOINT_URL_S3: s3.endpoint };
    for (const path of await writeSessions(machine)) {
      const session = ["--session-id", basename(path, ".jsonl"), "--cwd", machine.workspace];
      const mirror = ["mirror", "--harness", "claude-code", ...session, "--destination", address];
      const env = { ...machine.env, ...keys };
      await run(machine.python, ["-I", "-S", "-X", "utf8", bootstrap, ...mirror], { env });
      await rm(path);
    }
    const bench = await Bench.start(editor);
    await bench.window.status.item.waitFor(); // the extension's commands are there by then
    await askForBucket(bench.window, address, s3.endpoint);
    await bench.window.dialog.getByRole("button", { name: "Upload There" }).click();
    await measure(bench, machine, "bucket");
    await s3.stop();
  });
});
