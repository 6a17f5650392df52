// The same sessions in public viewers of another making: a command writes a page, which a browser then opens.

import { stat } from "node:fs/promises";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import { run } from "../../scripts/lib/run.mjs";
import { pageCost } from "./support/cost";
import { Moments } from "./support/moments";
import { megabytes, options, report, sizeName } from "./support/options";
import { test } from "./support/part";
import { PEERS } from "./support/peers.mjs";
import { writeSession } from "./support/session";

/** Of the command, and again of its page. */
const LIMIT_MS = 600_000;
/** What they write, and hold in memory meanwhile, is a multiple of this. */
const LARGEST_MB = 100;
const TABLE = "The same sessions in public viewers: their command, and its page in the same browser";
const OPENING = "command to the first message on the screen";

for (const peer of PEERS.filter((each) => options.peers.includes(each.name))) {
  for (const size of options.megabytes.filter((each) => each <= LARGEST_MB)) {
    test(`${sizeName(size)} in ${peer.name}`, async ({ machine, chromiumBrowser }) => {
      const tell = (figures: Readonly<Record<string, string>>) =>
        report(TABLE, `${peer.name}, ${sizeName(size)}`, figures);
      const session = join(machine.root, "session.jsonl");
      const html = join(machine.root, "session.html");
      await writeSession(session, size, machine.workspace, "A session");
      const began = Date.now();
      try {
        const [program = "", ...words] = [...peer.program, ...peer.words(session, html)];
        await run(program, words, { env: machine.env, timeoutMs: LIMIT_MS });
      } catch (error) {
        if (Date.now() - began < LIMIT_MS) {
          throw error;
        }
        tell({ [OPENING]: `no page within ${LIMIT_MS / 1000} s` });
        return;
      }
      const madeMs = Date.now() - began;
      const page = await chromiumBrowser.newPage();
      const moments = await Moments.watch(page, peer.message, LIMIT_MS);
      await page.goto(`${pathToFileURL(html).href}${peer.fragment}`, { waitUntil: "commit", timeout: LIMIT_MS });
      const firstMs = await moments.reach("first");
      tell({
        [OPENING]: typeof firstMs === "string" ? firstMs : seconds(madeMs + firstMs),
        "of these, its page in the browser": seconds(firstMs),
        "size of the page": `${((await stat(html)).size / 1e6).toFixed(1)} MB`,
      });
      const allMs = await moments.reach("all");
      tell({ "its page until all of it is there": seconds(allMs) });
      if (typeof allMs === "number") {
        const cost = await pageCost(await page.context().newCDPSession(page));
        tell({ heap: megabytes(cost.heap), "DOM nodes": String(cost.nodes) });
      }
      await page.close();
    });
  }
}

/** Of a time in milliseconds, or why there is none. */
function seconds(ms: number | string): string {
  return typeof ms === "string" ? ms : `${(ms / 1000).toFixed(2)} s`;
}
