import { expect, test } from "./support/fixtures";

test.use({ settings: { "sessionMirror.interval": 1 } });

test("a session is compacted to one part with the same bytes, verified, and marked while it is wrong", async ({
  machine,
  editor,
  installed,
}) => {
  const agent = machine.startAgent({ delay: 0.3, forever: true });
  const window = await editor.openWindow();
  await expect(window.status.item).toContainText("1 live");
  const { sessionId } = await machine.onlySession();
  await expect.poll(async () => (await machine.parts(sessionId)).length).toBeGreaterThan(2);
  await agent.stop();
  const { bytes, lines } = await machine.onlySession();
  await expect.poll(() => machine.mirrored(installed.extension, sessionId)).toEqual({ bytes });

  await window.palette.run("Session Mirror: Compact Session");
  await window.palette.pickAll();
  await window.palette.answer("0");
  await expect(window.notification(/parts became 1/)).toBeVisible();
  expect(await machine.parts(sessionId)).toHaveLength(1);
  expect(await machine.mirrored(installed.extension, sessionId)).toEqual({ bytes });

  await window.sessions.open();
  await window.sessions.menu(window.sessions.newest, "Verify Session");
  await expect(window.notification(`equal to its transcript (1 part, `)).toContainText(`${lines} lines).`);
  await window.sessions.hover(window.sessions.newest, "Last verified: just now, nothing wrong");
  await window.look("right");

  const repair = await machine.damageMirror(sessionId);
  await window.palette.run("Session Mirror: Verify All Sessions");
  const warning = window.notification(/It differs from its transcript from byte/);
  await expect(warning).toBeVisible();
  await warning.getByRole("button", { name: "Show Details" }).click(); // it goes away by itself
  await expect(window.log).toContainText(`${sessionId}, and it is not right`);
  await expect(window.sessions.newest).toContainText("faulty · ");
  await window.sessions.hover(window.sessions.newest, "It differs from its transcript");
  await window.look("wrong");

  await repair();
  await window.palette.run("Session Mirror: Verify All Sessions");
  await expect(window.sessions.newest).not.toContainText("faulty");
});
