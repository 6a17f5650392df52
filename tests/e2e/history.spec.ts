import { expect, test } from "./support/fixtures";

test("a rewritten session stays one row, and what it was before is below it, whole", async ({
  machine,
  editor,
  installed,
}) => {
  const { sessionId, bytes, lines } = await machine.pastSession();
  const window = await editor.openWindow();
  await window.sessions.open();
  await expect(window.sessions.newest).toContainText("mirrored ·");
  await machine.rewriteTranscripts();
  await expect.poll(() => machine.parts(`${sessionId}~g2`)).not.toHaveLength(0);

  await expect(window.sessions.rows).toHaveCount(1);
  await window.sessions.unfoldNewest();
  await expect(window.sessions.past).toHaveText(/^Generation 1.*rewritten · .* · 1 part, /);
  await window.look("history");
  await window.sessions.past.click();
  await expect(window.replay.title).toHaveText(/^Generation 1: /);
  await expect(window.replay.facts).toContainText("From the bucket");
  await expect.poll(() => window.replay.recordCount()).toBe(lines);

  expect(await machine.mirrored(installed.extension, `${sessionId}~g1`)).toEqual({ bytes });
  await window.sessions.clickNewest("live");
  await expect(window.replay.title).not.toHaveText(/^Generation/);
});
