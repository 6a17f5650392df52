import { expect, test } from "./support/fixtures";

test("a session that was verified says so; one that is wrong is marked until it is right again", async ({
  machine,
  editor,
}, testInfo) => {
  const { sessionId, lines } = await machine.pastSession();
  const window = await editor.openWindow();
  await window.sessions.open();
  await expect(window.sessions.newest).toContainText("mirrored ·");
  const look = (name: string) => window.page.screenshot({ path: testInfo.outputPath(`${name}.png`) });

  await window.sessions.menu(window.sessions.newest, "Verify Session");
  await expect(window.notification(`equal to its transcript (1 part, `)).toContainText(`${lines} lines).`);
  const tooltip = await window.sessions.hover(window.sessions.newest);
  await expect(tooltip).toContainText("Last verified: just now, nothing wrong");
  await look("right");

  const repair = await machine.damageMirror(sessionId);
  await window.palette.run("Session Mirror: Verify All Sessions");
  const warning = window.notification(/It differs from its transcript from byte/);
  await expect(warning).toBeVisible();
  await expect(window.sessions.newest).toContainText("faulty · mirrored ·");
  await expect(await window.sessions.hover(window.sessions.newest)).toContainText("It differs from its transcript");
  await look("wrong");
  await warning.getByRole("button", { name: "Show Details" }).click();
  await expect(window.log).toContainText(`${sessionId}, and it is not right`);
  await look("details");

  await repair();
  await window.palette.run("Session Mirror: Verify All Sessions");
  await expect(window.sessions.newest).not.toContainText("faulty");
});
