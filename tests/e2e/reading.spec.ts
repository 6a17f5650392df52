import { expect, test } from "./support/fixtures";
import { appendPictures, screenshotPng } from "./support/pictures";

test("calls and results are read as one, in the form that suits the tool", async ({ machine, editor }) => {
  await machine.pastSession();
  await appendPictures(machine, [screenshotPng(1200, 800), screenshotPng(300, 900)], screenshotPng(640, 480));
  const window = await editor.openWindow();
  const { replay } = window;
  await window.sessions.open();
  await window.sessions.clickNewest("mirrored");

  await replay.event("Edit").getByRole("button", { expanded: false }).first().click();
  await expect(replay.event("Edit").locator(".diff-removed")).toHaveCount(1);
  await expect(replay.event("Edit").locator(".diff-added")).toHaveCount(1);
  await expect(replay.event("Result: Edit").locator(".tool-note")).toContainText("has been updated");

  await replay.event("Edit").focus();
  await window.page.keyboard.press("m");
  await expect(replay.frame.getByRole("menuitem").first()).toBeFocused();
  await window.page.keyboard.press("End");
  await window.page.keyboard.press("Enter");
  await expect(replay.frame.getByRole("region", { name: /Raw line/ })).toContainText("old_string");

  // What a person pasted is there below their words, and large when it is chosen.
  await replay.scroller.focus();
  await window.page.keyboard.press("End");
  const pasted = replay.frame.getByRole("button", { name: "Image 1 of 2, PNG, 1200 × 800" });
  await expect.poll(() => pasted.locator("img").evaluate((image: HTMLImageElement) => image.naturalWidth)).toBe(1200);
  await pasted.focus();
  await window.page.keyboard.press("Enter");
  const large = replay.frame.getByRole("dialog");
  await expect(large.getByRole("heading")).toHaveText(/Image 1 of 2/);
  await window.page.keyboard.press("ArrowRight");
  await expect(large.getByRole("heading")).toHaveText(/Image 2 of 2, PNG, 300 × 900/);
  await expect.poll(() => large.locator("img").evaluate((image: HTMLImageElement) => image.naturalHeight)).toBe(900);
  await window.page.keyboard.press("Escape");
  await expect(pasted).toBeFocused();

  // What a tool looked at is in its result.
  await replay.event("Read").getByRole("button", { expanded: false }).first().click();
  await expect(
    replay
      .event("Result: Read")
      .last()
      .getByRole("button", { name: /Image, PNG, 640 × 480/ }),
  ).toBeVisible();

  // Compact: one line for the work between a prompt and its reply, which is opened by who goes there.
  await replay.scroller.focus();
  await window.page.keyboard.press("Home");
  await window.page.keyboard.press("l");
  const work = replay.feed.getByRole("article", { name: /^Worked/ });
  const events = replay.feed.getByRole("article", { name: /^(Edit|Bash|Read)(,|$)/ });
  await expect(work.first()).toBeVisible();
  await expect(events).toHaveCount(0);
  await window.page.keyboard.press("d");
  await expect(replay.feed.locator("article:focus")).toHaveAccessibleName(/^Edit/);
  await window.page.keyboard.press("D");
  await expect(replay.frame.getByText("No earlier edits").first()).toBeAttached();
  const opened = work.filter({ has: replay.frame.getByRole("button", { expanded: true }) });
  await expect(opened).toHaveCount(1);
  await opened.focus();
  await window.page.keyboard.press("Enter");
  await expect(opened).toHaveCount(0);
  await expect(events).toHaveCount(0);
  await window.page.keyboard.press("l");
  await expect(work).toHaveCount(0);
});
