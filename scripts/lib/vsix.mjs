// Packing the extension. Needs node_modules.

import { join } from "node:path";
import { cacheDir, ROOT, VSIX } from "./places.mjs";
import { step } from "./progress.mjs";
import { pythonWithPip } from "./python.mjs";
import { run } from "./run.mjs";

/** Builds and packs everything; what didn't change comes from the cache. */
export async function packVsix() {
  await step("Bundling the extension", () => run(process.execPath, [join(ROOT, "scripts/build.mjs"), "--production"]));
  await step("Bundling the helper's libraries", async () => {
    const python = await pythonWithPip();
    await run(python, [join(ROOT, "scripts/bundle_libs.py"), "--cache", cacheDir()]);
  });
  await step("Packing the VSIX", async () => {
    const { createVSIX } = await import("@vscode/vsce");
    await createVSIX({
      cwd: ROOT,
      packagePath: VSIX,
      dependencies: false,
      allowMissingRepository: true,
      rewriteRelativeLinks: false,
    });
  });
}
