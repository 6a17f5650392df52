import { copyFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { chooseFromMenu } from "./pages/contextMenu";
import { writeEditingSession } from "./support/agentFiles";
import { expect, test } from "./support/fixtures";

const SESSION = "0f1e2d3c-0000-4000-8000-00000000abcd";

test("an edit opens as a diff, its file as it was and as it is, and links and files lead to a replay", async ({
  machine,
  editor,
}, testInfo) => {
  const file = join(machine.workspace, "parser.py");
  const { path, lines } = await writeEditingSession(machine, SESSION, {
    ...{ file, content: "def parse(text):\n    return text\n", old: "return text", written: "return text.strip()" },
    turns: 20,
  });
  await writeFile(file, "import os\n\n\ndef parse(text):\n    return text.strip()\n");
  await copyFile(path, join(machine.workspace, "a run.jsonl"));
  const window = await editor.openWindow();
  const { page, replay } = window;
  const tab = (name: string | RegExp) => page.getByRole("tab", { name });
  const look = (name: string) => page.screenshot({ path: testInfo.outputPath(`${name}.png`) });
  await window.sessions.open();
  await expect(window.sessions.newest).toContainText("mirrored");
  await window.sessions.clickNewest("mirrored");
  await expect(replay.events.first()).toBeVisible();

  // A link goes to its line, in the tab that the session has.
  await window.palette.run("Session Mirror: Open Link to a Session…");
  const link = `vscode://session-mirror.session-mirror/replay?harness=claude-code&session=${SESSION}&line=${lines - 1}`;
  await window.palette.answer(link);
  const edit = replay.events.filter({ hasText: "parser.py" }).last();
  await expect(edit).toBeVisible();
  await expect.poll(() => replay.lastPlace()).toBe(lines);

  const choose = async (words: string): Promise<void> => {
    await edit.hover();
    await edit.locator("[data-menu]").click();
    await look(`menu ${words}`);
    await replay.frame.getByRole("menuitem", { name: words }).click();
  };
  await choose("Open diff");
  await expect(tab(/parser\.py \(before edit 2\) ↔ \(after\)/)).toBeVisible();
  await expect(
    page.locator(".diff-editor .modified .view-lines, .monaco-diff-editor .modified .view-lines"),
  ).toContainText("text.strip()");
  await look("diff");

  await tab(/Write a parser/).click();
  await choose("File as the session saw it");
  await expect(page.locator(".monaco-editor .view-lines").first()).toContainText("return text.strip()");
  await expect(page.locator(".monaco-editor .view-lines").first()).not.toContainText("import os");
  await look("seen");

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
  await look("beside");
});
