import { expect, test } from "./support/fixtures";

test("the keyboard alone opens a replay and leads through it, its outline goes along, and it fits a page at 200 %", async ({
  machine,
  editor,
}) => {
  await machine.pastSession({ turns: 30 });
  const window = await editor.openWindow();
  const { replay } = window;
  await window.sessions.open();
  await expect(window.sessions.rows).toHaveCount(1);
  await window.focusSessions();
  await window.page.keyboard.press("Home");
  await window.page.keyboard.press("Enter");
  await expect(replay.events.first()).toBeVisible();

  await replay.scroller.focus();
  await window.page.keyboard.press("End");
  await expect(replay.ending).toBeInViewport();
  await window.page.keyboard.press("Home");
  await expect(replay.ending).not.toBeInViewport();
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
  await expect.poll(() => replay.width()).toBeLessThanOrEqual(640);
  await expect.poll(() => replay.sticksOut()).toEqual([]);
  await replay.panel.getByRole("button", { name: "Close the panel" }).click();
  await expect(replay.panel).toHaveCount(0);
  await expect.poll(() => replay.sticksOut()).toEqual([]);
  expect(await replay.violations()).toEqual([]);

  // What opens above the session, on a page as narrow as a tab gets.
  await window.page.setViewportSize({ width: 400, height: 600 });
  await expect.poll(() => replay.width()).toBeLessThanOrEqual(400);
  const isFine = async (state: string): Promise<void> => {
    await window.look(state);
    await expect.poll(() => replay.sticksOut(), state).toEqual([]);
    expect(await replay.violations(), state).toEqual([]);
  };
  await isFine("narrow");
  await replay.scroller.focus();
  for (const [state, key] of [
    ["filters", "f"],
    ["search", "/"],
    ["keys", "?"],
  ] as const) {
    await window.page.keyboard.press(key);
    if (state === "search") {
      await window.page.keyboard.type("tide");
      await expect(replay.frame.locator("#search-status")).toHaveText(/^\d+ of \d+$/);
    }
    await isFine(state);
    await window.page.keyboard.press("Escape");
    await replay.scroller.focus();
  }
  await window.page.keyboard.press("j");
  await window.page.keyboard.press("m");
  await expect(replay.frame.getByRole("menu")).toBeVisible();
  await isFine("menu");
  await window.page.keyboard.press("Escape");
  await replay.frame.getByRole("button", { name: "Show keys" }).focus();
  await window.page.keyboard.press("Shift+Tab");
  await expect(replay.frame.locator(".tooltip")).toBeVisible();
  await window.look("tooltip");
});
