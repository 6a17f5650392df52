import { expect, test } from "./support/fixtures";

// What comes first is tried beside all that an editor brings.
test.use({ everyBuiltin: true });

test("opening a folder mirrors its past sessions without a click, says once what is kept and where, and can be paused", async ({
  machine,
  editor,
  installed,
}) => {
  const other = await machine.pastSession({ cwd: `${machine.workspace}-elsewhere` });
  const { sessionId, bytes } = await machine.pastSession({ seed: 2 });
  const window = await editor.openWindow();

  const notification = window.notification(/keeps your agents' sessions/);
  await expect(notification).toContainText("Nothing leaves this machine"); // which goes away by itself
  await expect(notification.getByRole("button", { name: /Connect a Bucket/ })).toBeVisible();
  await expect(notification.getByRole("button", { name: "Pause Here" })).toBeVisible();
  await expect(window.status.item).toContainText("1 session");
  await expect.poll(() => machine.mirrored(installed.extension, sessionId)).toEqual({ bytes });
  expect(await machine.parts(other.sessionId), "of another folder").toEqual([]);

  await window.status.hover();
  await expect(window.status.tooltip).toContainText("Destination:");
  await window.status.click();
  await expect(window.palette.entries.filter({ hasText: /Connect a Bucket/ })).toBeVisible();
  await window.page.keyboard.press("Escape");

  await window.reload();
  await expect(window.status.item).toContainText("1 session");
  await window.sessions.open();
  await expect(window.sessions.rows).toHaveCount(1);
  await expect(notification).toHaveCount(0);

  await window.palette.run("Session Mirror: Pause Mirroring Here");
  await expect(window.status.item).toContainText("paused");
  const meanwhile = await machine.pastSession({ seed: 3 });
  expect(await machine.parts(meanwhile.sessionId)).toEqual([]);
  await window.palette.run("Session Mirror: Resume Mirroring Here");
  await expect
    .poll(() => machine.mirrored(installed.extension, meanwhile.sessionId))
    .toEqual({ bytes: meanwhile.bytes });
  await expect(window.status.item).toContainText("2 sessions");
});

test.describe("in a folder that isn't trusted", () => {
  test.use({ trust: false });

  test("a session that begins later is mirrored all the same, and grows in the tree and in its replay", async ({
    machine,
    editor,
  }) => {
    const window = await editor.openWindow();
    await expect(window.page.locator(".statusbar")).toContainText("Restricted Mode");
    await window.sessions.open();
    await expect(window.sessions.welcome).toContainText(/Looked for sessions of Claude Code, .*in this workspace/);
    await expect(window.status.item).toContainText("No sessions");

    const agent = machine.startAgent({ delay: 0.3, forever: true });
    await expect(window.sessions.rows).toHaveCount(1);
    await expect(window.sessions.newest).toContainText("live");
    await expect(window.status.item).toContainText("1 live");
    const first = await window.sessions.size();
    await expect.poll(() => window.sessions.size()).toBeGreaterThan(first);

    await window.sessions.clickNewest("live");
    await expect(window.replay.liveBadge).toBeVisible();
    const before = await window.replay.recordCount();
    await expect.poll(() => window.replay.recordCount()).toBeGreaterThan(before + 3);
    await agent.stop();
    const { sessionId, lines } = await machine.onlySession();
    await expect.poll(() => window.replay.recordCount()).toBe(lines);
    await expect.poll(() => machine.parts(sessionId)).not.toHaveLength(0);
  });
});
