import { askForBucket } from "./pages/connecting";
import { expect, test } from "./support/fixtures";
import { startS3 } from "./support/s3";

const BUCKET = "sessions-of-mine";

test("a bucket that can't be reached changes nothing; one that can is tried, confirmed, and mirrored to", async ({
  machine,
  editor,
}) => {
  const { sessionId } = await machine.pastSession();
  const s3 = await startS3(machine.root, BUCKET);
  const window = await editor.openWindow();
  await expect(window.status.item).toContainText("1 session");
  expect(await s3.keys(BUCKET)).toEqual([]);

  await askForBucket(window, `s3://${BUCKET}/laptop`, "http://127.0.0.1:9");
  await expect(window.dialog).toContainText("This destination does not work yet. Nothing was changed.");
  await window.dialog.getByRole("button", { name: "Cancel" }).click();
  await expect(window.status.item).toContainText("1 session");
  expect(await s3.keys(BUCKET)).toEqual([]);

  await askForBucket(window, `s3://${BUCKET}/laptop`, s3.endpoint);
  await window.dialog.getByRole("button", { name: "Upload There" }).click();
  await expect(window.notification(/Sessions are now mirrored to/)).toBeVisible();

  const prefix = `laptop/sessions/claude-code/${sessionId}/`;
  await expect
    .poll(() => s3.keys(BUCKET))
    .toEqual([`${prefix}meta.json`, expect.stringContaining(`${prefix}part-00000-`)]);
  await expect(window.status.item).toContainText("1 session");

  await window.sessions.open();
  await window.sessions.hover(window.sessions.newest, "Cost at Amazon's prices: about $0.0002 a month");
  await window.look("cost");
  await window.palette.run("Session Mirror: Replay from Bucket");
  await window.palette.choose(sessionId);
  await expect(window.replay.facts).toContainText("From the bucket");
  await s3.stop();
});
