import { expect, test } from "./support/fixtures";

test("the outline leads through the session by keyboard, goes along with the reader, and fits a page at 200 %", async ({
  machine,
  editor,
}) => {
  await machine.pastSession({ turns: 30 });
  const window = await editor.openWindow();
  const { replay } = window;
  await window.sessions.open();
  await window.sessions.clickNewest("mirrored");
  await expect(replay.events.first()).toBeVisible();

  await replay.scroller.focus();
  await window.page.keyboard.press("b");
  await expect(replay.panel.getByRole("tab", { name: "Outline" })).toBeFocused();
  await expect(replay.chapter).toHaveAccessibleName(/^next_high_tide/);
  await replay.chapters.first().focus();
  await window.page.keyboard.press("ArrowDown");
  await window.page.keyboard.press("ArrowDown");
  await expect(replay.chapters.nth(2)).toBeFocused();
  const name = (await replay.chapters.nth(2).locator(".panel-row-title").textContent()) ?? "";
  await window.page.keyboard.press("Enter");
  await expect(replay.frame.locator("article:focus")).toContainText(name);
  await expect(replay.chapter).toContainText(name);
  await window.page.keyboard.press("End");
  await expect(replay.chapter).not.toContainText(name);
  await expect(replay.frame.locator("article:focus")).not.toContainText(name);

  // As wide as the window is at 200 %: the panel lies above the session then.
  await window.palette.run("View: Toggle Primary Side Bar Visibility");
  await window.page.setViewportSize({ width: 640, height: 400 });
  await expect.poll(() => replay.sticksOut()).toEqual([]);
  await replay.panel.getByRole("button", { name: "Close the panel" }).click();
  await expect(replay.panel).toHaveCount(0);
  await expect.poll(() => replay.sticksOut()).toEqual([]);
  expect(await replay.violations()).toEqual([]);
});
