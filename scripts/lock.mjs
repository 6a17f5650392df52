// Rewrites requirements/*.txt and the package-lock.json files from what pyproject.toml and package.json ask for.

import { readdir, rm } from "node:fs/promises";
import { join } from "node:path";
import { cacheDir, ROOT } from "./lib/places.mjs";
import { runMain, step } from "./lib/progress.mjs";
import { findPython } from "./lib/python.mjs";
import { npm, run } from "./lib/run.mjs";

const OLDEST_PYTHON = "3.10";
const HEADER = ["--custom-compile-command", "npm run lock", "--no-emit-index-url", "--quiet"];

await runMain(async () => {
  const venv = join(cacheDir(), "lock");
  const uv = join(venv, process.platform === "win32" ? "Scripts/uv.exe" : "bin/uv");
  await step("Preparing uv", async () => {
    await rm(venv, { recursive: true, force: true });
    const python = await findPython();
    await run(python, ["-m", "venv", venv]);
    const inside = join(venv, process.platform === "win32" ? "Scripts/python.exe" : "bin/python");
    await run(inside, ["-m", "pip", "install", "--quiet", "--disable-pip-version-check", "uv"]);
  });
  const compile = ["pip", "compile", "pyproject.toml", "--generate-hashes", "--upgrade", ...HEADER];
  const target = ["--python-version", OLDEST_PYTHON];
  await step("Locking requirements/dev.txt", () =>
    run(
      uv,
      [
        ...compile,
        ...target,
        ...["requirements/dev.in", "--extra", "dev", "--universal", "--output-file", "requirements/dev.txt"],
      ],
      { cwd: ROOT },
    ),
  );
  // The bundle takes the versions that the tests ran against. For one platform, so that nothing depends on which
  // system packs it; what only other systems need is named in bundle.in. Zstandard stays out: docs/dependencies.md.
  await step("Locking requirements/bundle.txt", () =>
    run(
      uv,
      [
        ...compile,
        ...target,
        ...["requirements/bundle.in", "--constraint", "requirements/dev.txt"],
        ...["--python-platform", "x86_64-unknown-linux-gnu", "--no-emit-package", "backports-zstd"],
        ...["--output-file", "requirements/bundle.txt"],
      ],
      { cwd: ROOT },
    ),
  );
  const agents = join(ROOT, "tests/agents");
  const installed = (await readdir(agents)).map((agent) => join(agents, agent));
  for (const folder of [ROOT, join(ROOT, "scripts/workbench"), ...installed]) {
    await step(`Locking ${join(folder, "package-lock.json")}`, () =>
      npm(["install", "--package-lock-only", "--ignore-scripts", "--omit-lockfile-registry-resolved"], { cwd: folder }),
    );
  }
  return 0;
});
