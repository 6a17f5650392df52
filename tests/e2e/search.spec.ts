import { appendFile, mkdir, writeFile } from "node:fs/promises";
import { dirname, join } from "node:path";
import { expect, test } from "./support/fixtures";
import type { Machine } from "./support/machine";

test("words are found in folded output and long texts, marked in place, and filters leave what is asked for", async ({
  machine,
  editor,
}) => {
  const { sessionId } = await machine.pastSession({ turns: 40 });
  await append(machine, sessionId);
  const window = await editor.openWindow();
  await window.sessions.open();
  await expect(window.sessions.newest).toBeVisible();
  await window.sessions.clickNewest("live");
  const { replay, page } = window;
  const marked = () =>
    replay.scroller.evaluate(() => [...(CSS.highlights.get("search-current") ?? [])].map((range) => `${range}`));

  await expect(replay.events.first()).toBeVisible();
  await replay.scroller.focus();
  await page.keyboard.press("Home");
  await page.keyboard.press("/");
  const field = replay.frame.getByRole("textbox", { name: "Search in this session" });
  await expect(field).toBeFocused();
  await field.fill("needleword");
  const status = replay.frame.locator("#search-status");
  await expect(status).toHaveText("1 of 4");
  await expect.poll(marked).toEqual(["needleword"]);
  await expect(replay.events.filter({ hasText: "A needleword here" })).toBeInViewport();
  await window.look("markdown");
  await page.keyboard.press("Enter");
  await expect(status).toHaveText("2 of 4");
  await expect.poll(marked).toEqual(["NEEDLEWORD"]);
  await expect(replay.frame.getByText("far into NEEDLEWORD the output")).toBeInViewport();
  await window.look("folded");
  await page.keyboard.press("Shift+Enter");
  await page.keyboard.press("Shift+Enter");
  await expect(status).toHaveText("4 of 4");
  await expect.poll(marked, "in output that is kept in a file beside the session").toEqual(["needleword"]);
  const isHitInSight = () =>
    replay.scroller.evaluate((feed) => {
      const [range] = [...(CSS.highlights.get("search-current") ?? [])];
      const top = range instanceof Range ? range.getBoundingClientRect().top - feed.getBoundingClientRect().top : -1;
      return top > 0 && top < 600;
    });
  await expect.poll(isHitInSight, "in a text that scrolls by itself").toBe(true);
  await window.look("beside");
  await replay.frame.getByRole("button", { name: "Match case" }).click();
  await expect(status).toHaveText(/ of 3$/);
  await field.press("Control+f");
  await expect(field).toBeFocused();
  await expect(page.locator(".simple-find-part.visible"), "the editor's own find widget stays away").toHaveCount(0);
  await field.press("Escape");
  await expect(field).toHaveCount(0);

  await page.keyboard.press("f");
  const menu = replay.frame.getByRole("dialog", { name: "What is shown" });
  await menu.getByLabel("Replies").uncheck();
  await menu.getByLabel("Tool calls").uncheck();
  await menu.getByLabel("Results").uncheck();
  await window.look("filters");
  await page.keyboard.press("Escape");
  await expect(replay.events.filter({ hasText: "needleword" }).first()).toBeVisible();
  await expect(replay.event("Reply")).toHaveCount(0);
  await expect(replay.events.filter({ hasText: "A thought beside it" }), "of one record only that").toHaveCount(1);
  await window.reload();
  const note = replay.frame.locator(".filter-note");
  await expect(note).toContainText("Shown: ");
  await expect(replay.events.first()).toBeVisible();
  await expect(replay.event("Reply")).toHaveCount(0);
  await replay.frame.getByRole("button", { name: "Clear filters" }).click();
  await expect(note).toHaveCount(0);

  // One of two sub-agents who took turns in the midst of the session.
  await replay.scroller.focus();
  await page.keyboard.press("f");
  await menu.getByRole("combobox", { name: "Agents" }).selectOption({ label: "Explore: Find tests" });
  await window.look("sub-agents");
  await page.keyboard.press("Escape");
  await expect(note).toContainText("Shown: 4 of ");
  await expect(note).toContainText("only of Explore: Find tests");
  await expect(replay.events.filter({ hasText: "The tests are three" })).toBeVisible();
  await expect(replay.events.filter({ hasText: "The uses are two" })).toHaveCount(0);
  await window.look("sub-agent");
  await replay.frame.getByRole("button", { name: "Clear filters" }).click();

  // What a search found opens in the editor, at its line.
  await page.keyboard.press("End");
  await expect(replay.ending).toBeInViewport();
  await replay.feed.getByRole("article", { name: /^Grep/ }).last().locator("[data-fold]").click();
  const number = replay.frame.getByRole("button", { name: "Open at line 7" });
  await number.scrollIntoViewIfNeeded();
  await window.look("found");
  await number.click();
  await expect(page.getByRole("tab", { name: /found\.py/ })).toBeVisible();
  await expect(page.getByText("Ln 7, Col 1")).toBeVisible();
  await window.look("opened");
});

async function append(machine: Machine, sessionId: string): Promise<void> {
  const transcript = (await machine.transcripts()).get(sessionId);
  if (transcript === undefined) {
    throw new Error(`there is no session ${sessionId}`);
  }
  const lines = Array.from({ length: 900 }, (_, number) => `line ${number} of a long output`);
  lines[850] = "far into NEEDLEWORD the output";
  const result = { type: "tool_result", tool_use_id: "toolu_long", content: lines.join("\n") };
  const beside = join(dirname(transcript), sessionId, "tool-results");
  await mkdir(beside, { recursive: true });
  await writeFile(join(beside, "b1.txt"), `${"one line of many\n".repeat(2000)}a needleword in a file\n`);
  const spilled = `<persisted-output>\nOutput too large. Full output saved to: ${join(beside, "b1.txt")}\n`;
  const reply = [
    { type: "thinking", thinking: "A thought beside it" },
    { type: "text", text: "A **needleword** here" },
  ];
  const said = [
    { type: "assistant", message: { role: "assistant", content: reply } },
    { type: "user", message: { role: "user", content: [result] } },
    { type: "user", message: { role: "user", content: "and one needleword more" } },
    {
      type: "user",
      message: { role: "user", content: [{ type: "tool_result", tool_use_id: "toolu_out", content: spilled }] },
    },
    ...twoSubAgents(),
    ...foundIn("found.py"),
  ];
  await writeFile(join(machine.workspace, "found.py"), "x = 1\n".repeat(9));
  const rest = { sessionId, cwd: machine.workspace, timestamp: "2026-03-01T09:00:00.000Z" };
  const records = said.map((each, number) => `${JSON.stringify({ ...rest, uuid: `needle-${number}`, ...each })}\n`);
  await appendFile(transcript, records.join(""));
}

/** Two sub-agents as old versions wrote them: in the midst of the session, in turns. */
function twoSubAgents(): readonly object[] {
  const called = (id: string, what: string) => ({
    ...{ type: "tool_use", id, name: "Task" },
    input: { description: `Find ${what}`, prompt: `Find all ${what}.`, subagent_type: "Explore" },
  });
  const asked = (what: string) => ({
    ...{ type: "user", isSidechain: true, uuid: `asked ${what}`, parentUuid: null },
    message: { role: "user", content: `Find all ${what}.` },
  });
  const answered = (what: string, text: string) => ({
    ...{ type: "assistant", isSidechain: true, parentUuid: `asked ${what}` },
    message: { role: "assistant", content: [{ type: "text", text }] },
  });
  return [
    { type: "assistant", message: { role: "assistant", content: [called("toolu_u", "uses")] } },
    { type: "assistant", message: { role: "assistant", content: [called("toolu_t", "tests")] } },
    ...[asked("tests"), asked("uses")],
    ...[answered("tests", "The tests are three"), answered("uses", "The uses are two")],
    ...[result("toolu_t", "3 tests"), result("toolu_u", "2 uses")],
  ];
}

function foundIn(path: string): readonly object[] {
  const input = { pattern: "x", output_mode: "content" };
  const call = { type: "tool_use", id: "toolu_g", name: "Grep", input };
  return [
    { type: "assistant", message: { role: "assistant", content: [call] } },
    result("toolu_g", `${path}:3:x = 1\n${path}:7:x = 1`),
  ];
}

function result(id: string, content: string): object {
  const block = { type: "tool_result", tool_use_id: id, content };
  return { type: "user", message: { role: "user", content: [block] } };
}
