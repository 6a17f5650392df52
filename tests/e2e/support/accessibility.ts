// What axe-core finds wrong in a page, in words that a failed test can print.

import { readFile } from "node:fs/promises";
import { createRequire } from "node:module";
import type { Frame } from "@playwright/test";
import type { AxeResults } from "axe-core";

const SOURCE = createRequire(import.meta.url).resolve("axe-core/axe.min.js");

/** Every rule that axe-core has on by default, over all of the frame's document or what a selector names of it. */
export async function violations(frame: Frame, part = "html"): Promise<string[]> {
  if (!(await frame.evaluate<boolean>("'axe' in globalThis"))) {
    // Through the debugger: the page's policy lets no script in.
    await frame.evaluate(await readFile(SOURCE, "utf8"));
  }
  const { violations: found } = await frame.evaluate<AxeResults>(`axe.run(${JSON.stringify(part)})`);
  return found.flatMap(({ id, help, nodes }) =>
    nodes.map(({ html, failureSummary }) => `${id} (${help}): ${html}\n${failureSummary}`),
  );
}
