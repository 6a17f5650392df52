// Runs a Python script in the project's virtual environment: `node scripts/python.mjs SCRIPT ARGUMENTS`.

import { inVenv } from "./lib/places.mjs";
import { runMain } from "./lib/progress.mjs";
import { ensureVenv } from "./lib/python.mjs";
import { run } from "./lib/run.mjs";

await runMain(async () => {
  await ensureVenv();
  await run(inVenv("python"), process.argv.slice(2), { show: true });
  return 0;
});
