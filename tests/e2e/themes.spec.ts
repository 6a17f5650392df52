import { expect, test } from "./support/fixtures";

const THEMES = [
  { kind: "dark", theme: "Dark Modern" },
  { kind: "light", theme: "Light Modern" },
  { kind: "high-contrast", theme: "Dark High Contrast" },
  { kind: "light high-contrast", theme: "Light High Contrast" },
];
const READABLE_CONTRAST = 4.5;

// Each theme has another ground than the one before it.
test.use({ settings: { "workbench.colorTheme": "Default High Contrast Light" } });

test("the replay is readable in themes of every kind, and axe-core finds nothing wrong", async ({
  machine,
  editor,
}, testInfo) => {
  await machine.pastSession({ turns: 4 });
  const window = await editor.openWindow();
  await window.sessions.open();
  await window.sessions.clickNewest("mirrored");
  await expect(window.replay.events.first()).toBeVisible();

  for (const { kind, theme } of THEMES) {
    const before = await window.editorBackground();
    await window.palette.run("Preferences: Color Theme");
    await window.page.keyboard.type(theme);
    await window.palette.entries.filter({ hasText: theme }).first().waitFor();
    await window.page.keyboard.press("Enter");
    await expect.poll(() => window.editorBackground(), kind).not.toBe(before);
    await expect.poll(() => window.replay.background(), kind).toBe(await window.editorBackground());
    expect(await window.replay.contrast(), kind).toBeGreaterThan(READABLE_CONTRAST);
    for (const tab of ["Outline", "Numbers", "Files"] as const) {
      await window.replay.showPanel(tab);
      await expect(window.replay.panel.getByRole("tabpanel", { name: tab })).not.toContainText("Reading…");
      expect(await window.replay.violations(), `${kind}, ${tab}`).toEqual([]);
    }
    const path = testInfo.outputPath(`${kind}.png`);
    await testInfo.attach(kind, { body: await window.page.screenshot({ path }), contentType: "image/png" });
  }
});
