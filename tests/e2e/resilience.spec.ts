import { expect, test } from "./support/fixtures";

test("a helper killed while a session is written comes back, loses nothing, and leaves the extension as it was", async ({
  machine,
  editor,
  installed,
}) => {
  const agent = machine.startAgent({ delay: 0.2, forever: true });
  const window = await editor.openWindow();
  await expect(window.status.item).toContainText("1 live");
  const { sessionId } = await machine.onlySession();
  await expect.poll(() => machine.parts(sessionId)).not.toHaveLength(0);

  for (let round = 0; round < 3; round++) {
    const [helper, ...others] = await machine.helpers();
    expect(others).toEqual([]);
    process.kill(helper ?? 0, "SIGKILL");
    await expect.poll(async () => (await machine.helpers()).filter((pid) => pid !== helper)).toHaveLength(1);
    const parts = (await machine.parts(sessionId)).length;
    await expect.poll(async () => (await machine.parts(sessionId)).length).toBeGreaterThan(parts);
  }
  await agent.stop();
  const { bytes } = await machine.onlySession();
  await expect.poll(() => machine.mirrored(installed.extension, sessionId)).toEqual({ bytes });
  await expect(window.status.item).not.toContainText(/restarting|not running/);
  const written = (await machine.listing(installed.extension)).filter((name) => /\.pyc$|__pycache__/.test(name));
  expect(written).toEqual([]);
});

test("of two windows on one folder one writes, and the other takes over; each has one helper, also reloaded, until it is closed", async ({
  machine,
  editor,
  installed,
}) => {
  const agent = machine.startAgent({ delay: 0.3, forever: true });
  const first = await editor.openWindow();
  await expect(first.status.item).toContainText("1 live");
  const second = await editor.openWindow();
  await expect(second.status.item).toContainText("In another window");
  await expect.poll(() => machine.helpers()).toHaveLength(2);
  const { sessionId } = await machine.onlySession();

  await first.close();
  await expect(second.status.item).toContainText("1 live");
  const parts = (await machine.parts(sessionId)).length;
  await expect.poll(async () => (await machine.parts(sessionId)).length).toBeGreaterThan(parts);
  await agent.stop();
  const { bytes } = await machine.onlySession();
  await expect.poll(() => machine.mirrored(installed.extension, sessionId)).toEqual({ bytes });

  const before = await machine.helpers();
  await second.reload();
  await expect(second.status.item).toContainText("1 ");
  await expect.poll(async () => (await machine.helpers()).filter((pid) => !before.includes(pid))).toHaveLength(1);
  await expect.poll(() => machine.helpers()).toHaveLength(1);
  await editor.stop();
  await expect.poll(() => machine.helpers()).toEqual([]);
});
