import { expect, test } from "./support/fixtures";

test("calls and results are read as one, in the form that suits the tool", async ({ machine, editor }) => {
  await machine.pastSession();
  const window = await editor.openWindow();
  const { replay } = window;
  await window.sessions.open();
  await window.sessions.clickNewest("mirrored");

  await replay.event("Edit").getByRole("button", { expanded: false }).first().click();
  await expect(replay.event("Edit").locator(".diff-removed")).toHaveCount(1);
  await expect(replay.event("Edit").locator(".diff-added")).toHaveCount(1);
  await expect(replay.event("Result: Edit").locator(".code")).toContainText("has been updated");

  await replay.event("Edit").focus();
  await window.page.keyboard.press("m");
  await expect(replay.frame.getByRole("menuitem").first()).toBeFocused();
  await window.page.keyboard.press("End");
  await window.page.keyboard.press("Enter");
  await expect(replay.frame.getByRole("region", { name: /Raw line/ })).toContainText("old_string");
});
