import { join } from "node:path";
import { ROOT } from "../../scripts/lib/places.mjs";
import { expect, test } from "./support/fixtures";

const PICTURES = [
  { name: "screenshot-light", theme: "Default Light Modern" },
  { name: "screenshot-dark", theme: "Default Dark Modern" },
];

for (const { name, theme } of PICTURES) {
  test.describe(name, () => {
    test.use({ settings: { "workbench.colorTheme": theme, "workbench.sideBar.location": "left" } });

    test("a live session in the tree and in the replay tab", async ({ machine, editor }) => {
      machine.startAgent({ delay: 0.2, forever: true });
      const window = await editor.openWindow();
      await window.sessions.open();
      await window
        .notification(/keeps your agents' sessions/)
        .getByRole("button", { name: /Clear|Close/ })
        .click();
      await window.sessions.clickNewest("live");
      await expect.poll(() => window.replay.recordCount()).toBeGreaterThan(20);
      // By wheel, so that no event has the focus, and its frame; while it grows, the session may hold the view once more.
      await window.replay.scroller.hover();
      await expect(async () => {
        await window.page.mouse.wheel(0, -100_000);
        await expect(window.replay.scroller.getByText("ide_opened_file").first()).toBeInViewport({ timeout: 1000 });
      }).toPass();
      await window.page.mouse.move(700, 10);
      await window.page.screenshot({ path: join(ROOT, "media", `${name}.png`), animations: "disabled" });
    });
  });
}
