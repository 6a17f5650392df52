import { defineConfig } from "@playwright/test";

// Not a test: `node benchmarks/workbench.mjs` measures with it.
export default defineConfig({
  testDir: ".",
  testMatch: "*.bench.ts",
  outputDir: "../../test-results/workbench",
  workers: 1,
  timeout: 1_800_000,
  expect: { timeout: 120_000 },
  use: { actionTimeout: 60_000, viewport: { width: 1280, height: 800 } },
  reporter: [["list"]],
});
