import { expect, test } from "./support/fixtures";

test("a click in the tree replays the session, and it is there again after the window was reloaded", async ({
  machine,
  editor,
}) => {
  const { lines } = await machine.pastSession();
  const window = await editor.openWindow();
  await window.sessions.open();
  await window.sessions.clickNewest("mirrored");

  await expect(window.replay.title).not.toBeEmpty();
  await expect(window.replay.events.first()).toBeVisible();
  await expect(window.replay.liveBadge).toHaveCount(0);
  await expect.poll(() => window.replay.recordCount()).toBe(lines);

  const title = (await window.replay.title.textContent()) ?? "";
  await window.reload();
  await expect(window.replay.title).toHaveText(title);
  await expect(window.replay.events.first()).toBeVisible();
});

test("the replay of a live session follows it", async ({ machine, editor }) => {
  const agent = machine.startAgent({ delay: 0.3, forever: true });
  const window = await editor.openWindow();
  await window.sessions.open();
  await window.sessions.clickNewest("live");

  await expect(window.replay.liveBadge).toBeVisible();
  const before = await window.replay.recordCount();
  await expect.poll(() => window.replay.recordCount()).toBeGreaterThan(before + 3);
  await agent.stop();
  const { lines } = await machine.onlySession();
  await expect.poll(() => window.replay.recordCount()).toBe(lines);
});

test("a mirrored session is replayed from the bucket after its transcript is gone", async ({ machine, editor }) => {
  const { sessionId, lines } = await machine.pastSession();
  const window = await editor.openWindow();
  await window.sessions.open();
  await expect(window.sessions.newest).toContainText("mirrored");
  await expect.poll(() => machine.parts(sessionId)).not.toHaveLength(0);
  await machine.deleteTranscripts();

  await window.sessions.clickNewest("only in bucket");
  await expect(window.replay.facts).toContainText("From the bucket");
  await expect.poll(() => window.replay.recordCount()).toBe(lines);
});

test("the keyboard alone opens a replay and moves through it", async ({ machine, editor }) => {
  await machine.pastSession({ turns: 30 });
  const window = await editor.openWindow();
  await window.sessions.open();
  await expect(window.sessions.rows).toHaveCount(1);
  await window.palette.run("Session Mirror: Focus on Sessions View");
  await window.page.keyboard.press("Home");
  await window.page.keyboard.press("Enter");

  await expect(window.replay.events.first()).toBeVisible();
  await window.replay.scroller.focus();
  await window.page.keyboard.press("End");
  await expect(window.replay.ending).toBeInViewport();
  await window.page.keyboard.press("Home");
  await expect(window.replay.ending).not.toBeInViewport();
});

test("the replay page loads nothing from outside and breaks no rule of its policy", async ({ machine, editor }) => {
  await machine.pastSession();
  const window = await editor.openWindow();
  const complaints: string[] = [];
  window.page.on("console", (message) => {
    if (/content security policy/i.test(message.text())) {
      complaints.push(message.text());
    }
  });
  await window.sessions.open();
  await window.sessions.clickNewest("mirrored");
  await expect(window.replay.events.first()).toBeVisible();
  expect(complaints).toEqual([]);
});
