// Bundles the extension host and the replay page into dist/. `--watch` rebuilds on change, `--production` minifies.

import { cp, mkdir } from "node:fs/promises";
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
    entryPoints: { main: "extension/src/page/main.tsx" },
    outdir: "dist/page",
    platform: "browser",
    target: "es2022",
    format: "iife",
    loader: { ".ttf": "file", ".svg": "dataurl" },
    assetNames: "[name]",
  },
];

async function copyCodicons() {
  const from = join(root, "node_modules/@vscode/codicons/dist");
  const to = join(root, "dist/page");
  await mkdir(to, { recursive: true });
  await Promise.all(["codicon.css", "codicon.ttf"].map((name) => cp(join(from, name), join(to, name))));
}

await copyCodicons();
if (args.has("--watch")) {
  const contexts = await Promise.all(bundles.map((options) => esbuild.context({ ...options, logLevel: "info" })));
  await Promise.all(contexts.map((context) => context.watch()));
} else {
  // Each bundle is tried, so that one broken entry doesn't hide what is wrong with the other; esbuild prints the errors.
  const results = await Promise.allSettled(bundles.map((options) => esbuild.build(options)));
  process.exitCode = results.every((result) => result.status === "fulfilled") ? 0 : 1;
}
