// Packs dist/session-mirror.vsix: everything bundled, one file for every system.

import { stat } from "node:fs/promises";
import { VSIX } from "./lib/places.mjs";
import { runMain } from "./lib/progress.mjs";
import { packVsix } from "./lib/vsix.mjs";

await runMain(async () => {
  await packVsix();
  const { size } = await stat(VSIX);
  console.log(`${VSIX} (${(size / 1e6).toFixed(1)} MB)`);
  return 0;
});
