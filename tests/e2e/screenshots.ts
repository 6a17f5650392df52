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
      await window.replay.scroller.focus();
      await window.page.keyboard.press("Home");
      await window.page.mouse.move(700, 10);
      await window.page.screenshot({ path: join(ROOT, "media", `${name}.png`), animations: "disabled" });
    });
  });
}
