import { expect, test } from "./support/fixtures";

test.use({ settings: { "sessionMirror.interval": 1 } });

test("Compact Session makes many parts one, with the same bytes", async ({ machine, editor, installed }) => {
  const agent = machine.startAgent({ delay: 0.3, forever: true });
  const window = await editor.openWindow();
  await expect(window.status.item).toContainText("1 live");
  const { sessionId } = await machine.onlySession();
  await expect.poll(async () => (await machine.parts(sessionId)).length).toBeGreaterThan(2);
  await agent.stop();
  const { bytes } = await machine.onlySession();
  await expect.poll(() => machine.mirrored(installed.extension, sessionId)).toEqual({ bytes });

  await window.palette.run("Session Mirror: Compact Session");
  await window.palette.pickAll();
  await window.palette.answer("0");
  await expect(window.notification(/parts became 1/)).toBeVisible();

  expect(await machine.parts(sessionId)).toHaveLength(1);
  expect(await machine.mirrored(installed.extension, sessionId)).toEqual({ bytes });
});
