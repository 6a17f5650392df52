import { readFile } from "node:fs/promises";
import { expect, test } from "./support/fixtures";

test("opening a folder starts mirroring its sessions, without a click", async ({ machine, editor, installed }) => {
  const agent = machine.startAgent({ turns: 3, delay: 0 });
  await agent.finished;
  const [[sessionId, transcript] = ["", ""]] = await machine.transcripts();
  const window = await editor.openWindow();

  await expect(window.status.item).toBeVisible();
  await expect(window.notification(/keeps your agents' sessions/)).toBeVisible();
  await expect.poll(() => machine.parts(sessionId)).not.toHaveLength(0);
  await expect
    .poll(() => machine.cli(installed.extension, "show", sessionId, "--raw").catch((error) => String(error)))
    .toBe(await readFile(transcript, "utf8"));
});
