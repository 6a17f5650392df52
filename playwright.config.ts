import { defineConfig } from "@playwright/test";

const { CI } = process.env;
const SECOND = 1000;

export default defineConfig({
  testDir: "tests/e2e",
  outputDir: "test-results",
  // One editor at a time: every test starts its own, and they share this machine's cores.
  workers: 1,
  timeout: 180 * SECOND,
  expect: { timeout: 45 * SECOND },
  use: { actionTimeout: 20 * SECOND, viewport: { width: 1280, height: 800 } },
  reporter: [["list"]],
  forbidOnly: Boolean(CI),
});
