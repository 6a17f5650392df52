// Formats everything, and mends what the linters can mend by themselves.

import { join } from "node:path";
import { ensureNodeModules } from "./lib/packages.mjs";
import { inVenv, ROOT } from "./lib/places.mjs";
import { runMain } from "./lib/progress.mjs";
import { ensureVenv } from "./lib/python.mjs";
import { run } from "./lib/run.mjs";

await runMain(async () => {
  await ensureNodeModules();
  await ensureVenv();
  const python = inVenv("python");
  await run(python, ["-m", "ruff", "check", "--fix", "--quiet", "."], { cwd: ROOT, show: true });
  await run(python, ["-m", "ruff", "format", "."], { cwd: ROOT, show: true });
  const biome = join(ROOT, "node_modules/@biomejs/biome/bin/biome");
  await run(process.execPath, [biome, "check", "--write", "."], { cwd: ROOT, show: true });
  return 0;
});
