// The editor of the tests, with one more extension on it: pages that do nothing.

import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { ROOT } from "../../../scripts/lib/places.mjs";
import { run } from "../../../scripts/lib/run.mjs";
import { installExtension, prepareProfile } from "../../../scripts/workbench/server.mjs";
import { test as base } from "./part";

export const test = base.extend({
  installed: [
    async ({ installed }, use) => {
      const home = await mkdtemp(join(tmpdir(), "sm-plain-"));
      const vsix = join(home, "plain-pages.vsix");
      await run(
        process.execPath,
        [
          ...[join(ROOT, "node_modules/@vscode/vsce/vsce"), "package", "--out", vsix],
          ...["--no-dependencies", "--allow-missing-repository", "--skip-license"],
        ],
        { cwd: join(ROOT, "benchmarks/workbench/plain-pages") },
      );
      const { userData } = await prepareProfile(home);
      const profile = { userData, extensions: installed.extensions };
      await installExtension(installed.workbench, profile, vsix, { PATH: "/usr/bin:/bin", HOME: home });
      await rm(home, { recursive: true, force: true });
      await use(installed);
    },
    { scope: "worker", timeout: 600_000 },
  ],
});
