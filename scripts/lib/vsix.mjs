// Packing the extension. Needs node_modules.

import { existsSync, statSync } from "node:fs";
import { readdir, readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { cacheDir, fingerprint, ROOT, VSIX } from "./places.mjs";
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
  await step("Packing the VSIX", () =>
    run(
      process.execPath,
      [
        ...[join(ROOT, "node_modules/@vscode/vsce/vsce"), "package", "--out", VSIX],
        ...["--no-dependencies", "--allow-missing-repository", "--no-rewrite-relative-links"],
      ],
      { cwd: ROOT },
    ),
  );
}

/** Packs what isn't packed already. */
export async function ensureVsix() {
  const stamp = join(ROOT, "dist/.packed");
  const wanted = fingerprint(...(await sources()));
  if (!existsSync(VSIX) || (await readFile(stamp, "utf8").catch(() => "")) !== wanted) {
    await packVsix();
    await writeFile(stamp, wanted);
  }
}

/** Every file that ends up in the VSIX or decides what does. */
async function sources() {
  const files = ["package.json", "package-lock.json", "package.nls.json", "README.md", "CHANGELOG.md", ".vscodeignore"];
  files.push("requirements/bundle.txt", "scripts/build.mjs", "scripts/bundle_libs.py", "pyhelper/bootstrap.py");
  for (const folder of ["extension/src", "media", "pyhelper/session_mirror"]) {
    const names = await readdir(join(ROOT, folder), { recursive: true });
    files.push(...names.filter((name) => !name.endsWith(".pyc")).map((name) => join(folder, name)));
  }
  const paths = files.map((file) => join(ROOT, file)).sort();
  return paths.filter((path) => statSync(path).isFile());
}
