import { fileURLToPath } from "node:url";
import { defineConfig } from "vitest/config";

export default defineConfig({
  esbuild: { jsx: "automatic", jsxImportSource: "preact" },
  resolve: {
    // The editor's API exists only inside the editor.
    alias: { vscode: fileURLToPath(new URL("tests/extension/support/vscode.ts", import.meta.url)) },
  },
  test: {
    include: ["tests/extension/**/*.test.{ts,tsx}"],
    environment: "node",
    restoreMocks: true,
    unstubGlobals: true,
    testTimeout: 10_000,
  },
});
