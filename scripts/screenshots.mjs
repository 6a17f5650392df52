// Renews the pictures of README and the marketplace, from the packed extension in the real workbench.

import { join } from "node:path";
import { ensureNodeModules } from "./lib/packages.mjs";
import { ROOT } from "./lib/places.mjs";
import { runMain } from "./lib/progress.mjs";
import { run } from "./lib/run.mjs";
import { ensureVsix } from "./lib/vsix.mjs";

await runMain(async () => {
  await ensureNodeModules();
  await ensureVsix();
  const playwright = join(ROOT, "node_modules/@playwright/test/cli.js");
  await run(process.execPath, [playwright, "test", "--config", "tests/e2e/screenshots.config.ts"], {
    cwd: ROOT,
    show: true,
  });
  return 0;
});
