import { copyFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { chooseFromMenu } from "./pages/contextMenu";
import { writeEditingSession, writeSubAgent } from "./support/agentFiles";
import { expect, test } from "./support/fixtures";

const SESSION = "0f1e2d3c-0000-4000-8000-00000000abcd";

test("links lead to a moment, edits to a diff and their file, sub-agents there and back, and any file to a replay", async ({
  machine,
  editor,
}) => {
  const file = join(machine.workspace, "parser.py");
  const { path, lines } = await writeEditingSession(machine, SESSION, {
    ...{ file, content: "def parse(text):\n    return text\n", old: "return text", written: "return text.strip()" },
    ...{ turns: 20, agentId: "a17" },
  });
  await writeSubAgent(machine, SESSION, "a17", { agentType: "Explore", description: "Look around" });
  await writeFile(file, "import os\n\n\ndef parse(text):\n    return text.strip()\n");
  await copyFile(path, join(machine.workspace, "a run.jsonl"));
  const window = await editor.openWindow();
  const { page, replay } = window;
  const tab = (name: string | RegExp) => page.getByRole("tab", { name });
  await page.context().grantPermissions(["clipboard-read", "clipboard-write"]);
  /** As the editor takes one from another program. */
  const openLink = async (link: string): Promise<void> => {
    await window.palette.run("Developer: Open URL");
    await window.palette.answer(link);
    await window.dialog.getByRole("button", { name: "Open", exact: true }).click();
  };
  const linkTo = (query: string) => `code-oss://session-mirror.session-mirror/replay?harness=claude-code&${query}`;

  // A link that comes before anything is known waits, and ends at its line.
  await openLink(linkTo(`session=${SESSION}&line=${lines - 1}`));
  const edit = replay.eventsAt(lines - 1).filter({ hasText: "parser.py" });
  await expect(edit).toBeVisible({ timeout: 60_000 });
  await expect.poll(() => replay.lastPlace()).toBe(lines);

  // One that is copied leads back, also from where the session is being played.
  await edit.click({ position: { x: 2, y: 2 } });
  await page.keyboard.press("y");
  await expect(replay.frame.getByText("Link to this moment copied").first()).toBeVisible();
  const copied = await page.evaluate(() => navigator.clipboard.readText());
  expect(copied).toBe(linkTo(`session=${SESSION}&line=${lines - 1}`));
  await replay.scroller.focus();
  await page.keyboard.press("Home");
  await page.keyboard.press("Space");
  await expect(replay.button("Pause")).toBeVisible();
  await openLink(copied);
  await expect(replay.button("Play")).toBeVisible();
  await expect.poll(() => replay.lastPlace()).toBe(lines);
  await expect(tab(/Write a parser/)).toHaveCount(1);
  await window.look("link");

  await openLink(linkTo("session=0f1e2d3c-0000-4000-8000-000000000000"));
  await expect(replay.frame.getByText("open the folder it ran in")).toBeVisible();
  await window.look("unknown");
  await window.palette.run("View: Close Editor");

  // From a sub-agent's call to its own session, and back to the call.
  await replay.scroller.focus();
  await page.keyboard.press("Home");
  const call = replay.events.filter({ hasText: "Look around" }).first();
  await call.locator("[data-fold]").click();
  await replay.frame.getByRole("button", { name: "Replay sub-agent" }).click();
  const parent = replay.frame.getByRole("button", { name: "Open parent session" });
  await expect(parent).toBeVisible();
  await window.look("sub-agent");
  await parent.click();
  await expect(tab(/Write a parser/).first()).toHaveAttribute("aria-selected", "true");
  await expect(replay.current, "led to anew, not shown as it was left").toContainText("Look around");
  await expect(call).toBeInViewport();
  await window.look("parent");
  await openLink(copied);
  await expect(edit).toBeInViewport();

  /** Of the tab's page, which comes up at the edit whenever it is shown again. */
  const choose = async (words: string): Promise<void> => {
    await expect(edit).toBeInViewport();
    await edit.hover();
    await edit.locator("[data-menu]").click();
    await window.look(`menu ${words}`);
    await replay.frame.getByRole("menuitem", { name: words }).click();
  };
  await choose("Open diff");
  await expect(tab(/parser\.py \(before edit 2\) ↔ \(after\)/)).toBeVisible();
  await expect(
    page.locator(".diff-editor .modified .view-lines, .monaco-diff-editor .modified .view-lines"),
  ).toContainText("text.strip()");
  await window.look("diff");

  await tab(/Write a parser/).click();
  await choose("File as the session saw it");
  await expect(tab(/^parser\.py(?! \()/)).toHaveAttribute("aria-selected", "true");
  await expect(page.locator(".monaco-editor .view-lines").first()).toContainText("return text.strip()");
  await expect(page.locator(".monaco-editor .view-lines").first()).not.toContainText("import os");
  await window.look("seen");

  await tab(/Write a parser/).click();
  await choose("Jump to this line now");
  await expect(page.locator(".statusbar")).toContainText("Ln 5");

  // A transcript of anywhere, from the Explorer; and the same session beside itself.
  await window.palette.run("View: Show Explorer");
  await chooseFromMenu(page, page.getByRole("treeitem", { name: "a run.jsonl" }), "Replay Session");
  await expect.poll(() => replay.recordCount()).toBe(lines);
  await expect(tab(/Write a parser/)).toHaveCount(2);
  await window.palette.run("Session Mirror: Open Replay to the Side");
  await expect(tab(/Write a parser/)).toHaveCount(3);
  await window.look("beside");
});
