// The same sessions in a public viewer of another making: claude-code-log writes a page, which the browser then opens.

import { mkdir, stat } from "node:fs/promises";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import { run } from "../../scripts/lib/run.mjs";
import { test } from "../../tests/e2e/support/fixtures";
import { pageCost } from "./support/cost";
import { megabytes, options, report } from "./support/options";
import { writeSession } from "./support/session";

const LIMIT_MS = 600_000;
const TABLE = "A public viewer: claude-code-log, and its page in the same browser";

test("claude-code-log", async ({ machine, chromiumBrowser }) => {
  test.skip(options.peer === "", "no peer was asked for");
  for (const size of options.megabytes.filter((each) => each <= 100)) {
    const session = join(machine.root, `s${size}.jsonl`);
    const html = join(machine.root, "peer", `s${size}.html`);
    await mkdir(join(machine.root, "peer"), { recursive: true });
    await writeSession(session, size, machine.workspace, "A session");
    const began = Date.now();
    const failure = await run(join(options.peer, "bin/claude-code-log"), ["convert", session, "-o", html], {
      env: machine.env,
      timeoutMs: LIMIT_MS,
    }).then(
      () => undefined,
      () => `not within ${LIMIT_MS / 1000} s`,
    );
    if (failure !== undefined) {
      report(TABLE, { session: `${size} MB`, "made in": failure });
      continue;
    }
    const madeMs = Date.now() - began;
    const page = await chromiumBrowser.newPage();
    await page.goto(pathToFileURL(html).href, { waitUntil: "commit", timeout: LIMIT_MS });
    const painted = await page.evaluate(
      () =>
        new Promise<number>((resolve) => {
          new PerformanceObserver((list) => resolve(list.getEntries()[0]?.startTime ?? 0)).observe({
            type: "paint",
            buffered: true,
          });
        }),
    );
    await page.waitForLoadState("load", { timeout: LIMIT_MS });
    const cost = await pageCost(await page.context().newCDPSession(page));
    report(TABLE, {
      session: `${size} MB`,
      "made in": `${(madeMs / 1000).toFixed(1)} s`,
      page: megabytes((await stat(html)).size),
      "first paint": `${painted.toFixed(0)} ms`,
      heap: megabytes(cost.heap),
      nodes: String(cost.nodes),
    });
    await page.close();
  }
});
