import { readFile, rm, truncate, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { chooseFromMenu } from "./pages/contextMenu";
import type { ReplayTab } from "./pages/replayTab";
import { expect, test } from "./support/fixtures";
import type { Machine } from "./support/machine";
import { appendPictures, screenshotPng } from "./support/pictures";

const THEMES = [
  { kind: "dark", theme: "Dark Modern" },
  { kind: "light", theme: "Light Modern" },
  { kind: "high-contrast", theme: "Dark High Contrast" },
  { kind: "light high-contrast", theme: "Light High Contrast" },
];
const READABLE_CONTRAST = 4.5;
/** Between a prompt and what its own record tells above it, in pixels. */
const LEAST_GAP = 8;
/** Transcripts that nothing can be read from, and what their replays say. */
const UNREADABLE = {
  "nothing.jsonl": "This file is empty, or holds no text",
  "gone.jsonl": "The transcript cannot be read",
  "emptied.jsonl": "Nothing here yet",
} as const;
/** What opens above the session has the colours of the session: it is looked at in the darkest and the lightest theme. */
const EXTREMES = ["high-contrast", "light high-contrast"];
/** Of the session that the simulated agent writes. */
const TITLE = "Fix the tide table beyond one period";
const MINUTE_MS = 60_000;

// Each theme has another ground than the one before it.
test.use({ settings: { "workbench.colorTheme": "Default High Contrast Light" } });

test("the replay is readable in themes of every kind, and axe-core finds nothing wrong with whatever it shows", async ({
  machine,
  editor,
}) => {
  test.setTimeout(6 * MINUTE_MS);
  await machine.pastSession({ turns: 4 });
  await appendPictures(machine, [screenshotPng(300, 200), screenshotPng(200, 300)], screenshotPng(64, 48));
  const spoil = await writeUnreadable(machine);
  const window = await editor.openWindow();
  const { page, replay } = window;
  await window.sessions.open();
  await expect(window.sessions.newest).toContainText("mirrored ·");
  await window.sessions.clickNewest("mirrored");
  await expect(replay.events.first()).toBeVisible();
  await window.palette.run("View: Show Explorer");
  for (const name of Object.keys(UNREADABLE)) {
    await chooseFromMenu(page, page.getByRole("treeitem", { name }), "Replay Session");
    await expect(replay.title).toContainText(name);
  }
  await spoil();
  const tabs = page.locator(".tabs-container").getByRole("tab");

  for (const { kind, theme } of THEMES) {
    const before = await window.editorBackground();
    await window.palette.run("Preferences: Color Theme");
    await expect(window.palette.input).toHaveAttribute("placeholder", /Color Theme/);
    await window.palette.input.fill(theme);
    await window.palette.choose(theme);
    await expect.poll(() => window.editorBackground(), kind).not.toBe(before);
    const isFine = async (state: string, part?: string): Promise<void> => {
      expect(await replay.violations(part), `${kind}, ${state}`).toEqual([]);
    };
    // Each visit to another tab has the editor make a page anew.
    const unreadable = kind === EXTREMES.at(-1) ? Object.values(UNREADABLE) : [];
    for (const [number, words] of unreadable.entries()) {
      await tabs.nth(number + 1).click();
      await expect(replay.frame.getByText(words)).toBeVisible();
      await isFine(words);
    }
    await tabs.first().click();
    await expect(replay.events.first()).toBeVisible();
    await expect.poll(() => replay.background(), kind).toBe(await window.editorBackground());
    expect(await replay.contrast(), kind).toBeGreaterThan(READABLE_CONTRAST);
    for (const [tab, part] of [
      ["Outline", "html"],
      ["Numbers", "aside"],
      ["Files", "aside"],
    ] as const) {
      await replay.showPanel(tab);
      await expect(replay.panel.getByRole("tabpanel", { name: tab })).not.toContainText("Reading…");
      await isFine(tab, part);
    }
    await window.look(kind);
    if (EXTREMES.includes(kind)) {
      await seeOverlays(replay, isFine);
    }
  }
});

/** Opens and closes what the replay shows above the session. */
async function seeOverlays(replay: ReplayTab, isFine: (state: string, part?: string) => Promise<void>): Promise<void> {
  const { frame } = replay;
  const { keyboard } = replay.page;
  await replay.scroller.focus();
  await keyboard.press("?");
  await isFine("keys", "dialog[open]");
  await keyboard.press("Escape");

  await keyboard.press("Home");
  await expect(replay.events.first()).toBeFocused();
  expect(await replay.roomAboveRing(), "the ring around the first event is whole").toBeGreaterThanOrEqual(0);
  expect(await replay.gapAfter(replay.events.first())).toBeGreaterThanOrEqual(LEAST_GAP);
  await keyboard.press("m");
  await isFine("menu", "[role=menu]");
  await keyboard.press("Escape");

  await keyboard.press("/");
  const field = frame.getByRole("textbox", { name: "Search in this session" });
  const status = frame.locator("#search-status");
  await field.fill("tide");
  await expect(status).toHaveText(/^\d+ of \d+$/);
  await isFine("search", ".search-bar");
  await frame.getByRole("button", { name: "Regular expression", pressed: false }).click();
  await field.fill("(");
  await expect(status).toHaveClass(/search-problem/);
  await isFine("search for what is no expression", ".search-bar");
  await frame.getByRole("button", { name: "Regular expression", pressed: true }).click();
  await field.press("Escape");

  await keyboard.press("f");
  await isFine("filters", "[role=dialog]");
  await frame.getByLabel("Agents").selectOption("sub");
  await keyboard.press("Escape");
  await expect(frame.locator(".filter-note")).toHaveText(/^Nothing in this session is what the filters show/);
  await isFine("nothing is left");
  await frame.getByRole("button", { name: "Clear filters" }).click();

  await replay.scroller.focus();
  await keyboard.press("End");
  await frame.getByRole("button", { name: /^Image 1 of 2/ }).click();
  await isFine("image", "dialog[open]");
  await keyboard.press("Escape");
}

/** Transcripts in the workspace; answers with what makes those unreadable that can be read at first and have their names as titles. */
async function writeUnreadable(machine: Machine): Promise<() => Promise<void>> {
  const [nothing = "", ...readable] = Object.keys(UNREADABLE);
  const [gone = "", emptied = ""] = readable.map((name) => join(machine.workspace, name));
  const [transcript = ""] = (await machine.transcripts()).values();
  const text = await readFile(transcript, "utf8");
  await writeFile(join(machine.workspace, nothing), "");
  await Promise.all(readable.map((name) => writeFile(join(machine.workspace, name), text.replaceAll(TITLE, name))));
  return async () => {
    await rm(gone);
    await truncate(emptied);
  };
}
