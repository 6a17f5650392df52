import { defineConfig } from "@playwright/test";

// Not a test: `npm run screenshots` renews the pictures in media/ with it.
export default defineConfig({
  testDir: ".",
  testMatch: "screenshots.ts",
  outputDir: "../../test-results/screenshots",
  workers: 1,
  timeout: 120_000,
  expect: { timeout: 45_000 },
  use: { viewport: { width: 1180, height: 740 }, deviceScaleFactor: 1.5 },
  reporter: [["list"]],
});
