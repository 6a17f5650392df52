// Bundles the extension host and the replay page into dist/. `--watch` rebuilds on change, `--production` minifies.

import { cp, mkdir, readdir, rm } from "node:fs/promises";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import * as esbuild from "esbuild";

const root = dirname(dirname(fileURLToPath(import.meta.url)));
const args = new Set(process.argv.slice(2));
const production = args.has("--production");

/** @type {esbuild.BuildOptions} */
const common = {
  absWorkingDir: root,
  bundle: true,
  logLevel: "warning",
  minify: production,
  sourcemap: !production,
  legalComments: "none",
  define: { "process.env.NODE_ENV": production ? '"production"' : '"development"' },
};

/** @type {esbuild.BuildOptions[]} */
const bundles = [
  {
    ...common,
    entryPoints: ["extension/src/extension.ts"],
    outfile: "dist/extension.js",
    platform: "node",
    target: "node20",
    format: "cjs",
    external: ["vscode"],
  },
  {
    ...common,
    entryPoints: { loader: "extension/src/page/loader.ts", main: "extension/src/page/main.tsx" },
    outdir: "dist/page",
    platform: "browser",
    target: "es2022",
    format: "iife",
    loader: { ".ttf": "file", ".svg": "dataurl" },
    assetNames: "[name]",
  },
];

/**
 * Copies the licence of every package that went into the bundles: whoever passes them on passes their terms on.
 * @param {readonly esbuild.Metafile[]} metafiles
 */
async function copyLicences(metafiles) {
  const inputs = metafiles.flatMap((metafile) => Object.keys(metafile.inputs));
  const packages = new Set(inputs.flatMap((input) => /^node_modules\/((?:@[^/]+\/)?[^/]+)\//.exec(input)?.[1] ?? []));
  const to = join(root, "dist/licenses");
  await rm(to, { recursive: true, force: true });
  await mkdir(to, { recursive: true });
  for (const name of packages) {
    const from = join(root, "node_modules", name);
    const licence = (await readdir(from)).find((file) => /^licen[cs]e/i.test(file));
    if (licence === undefined) {
      throw new Error(`${name} is bundled, and no licence of it was found`);
    }
    await cp(join(from, licence), join(to, `${name.replace("/", "__")}.txt`));
  }
}

if (args.has("--watch")) {
  const contexts = await Promise.all(bundles.map((options) => esbuild.context({ ...options, logLevel: "info" })));
  await Promise.all(contexts.map((context) => context.watch()));
} else {
  // Each bundle is tried, so that one broken entry doesn't hide what is wrong with the other; esbuild prints the errors.
  const results = await Promise.allSettled(bundles.map((options) => esbuild.build({ ...options, metafile: true })));
  const built = results.flatMap((result) => (result.status === "fulfilled" ? [result.value.metafile] : []));
  if (built.length === bundles.length) {
    await copyLicences(built);
  } else {
    process.exitCode = 1;
  }
}
