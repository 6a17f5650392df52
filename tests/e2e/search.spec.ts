import { appendFile } from "node:fs/promises";
import { expect, test } from "./support/fixtures";
import type { Machine } from "./support/machine";

test("words are found in folded output and long texts, marked in place, and filters leave what is asked for", async ({
  machine,
  editor,
}, testInfo) => {
  const { sessionId } = await machine.pastSession({ turns: 40 });
  await append(machine, sessionId);
  const window = await editor.openWindow();
  await window.sessions.open();
  await window.sessions.clickNewest("live");
  const { replay, page } = window;
  const look = (name: string) => page.screenshot({ path: testInfo.outputPath(`${name}.png`) });
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
  await expect(status).toHaveText("1 of 3");
  await expect.poll(marked).toEqual(["needleword"]);
  await expect(replay.events.filter({ hasText: "A needleword here" })).toBeInViewport();
  await look("markdown");
  await page.keyboard.press("Enter");
  await expect(status).toHaveText("2 of 3");
  await expect.poll(marked).toEqual(["NEEDLEWORD"]);
  await expect(replay.frame.getByText("far into NEEDLEWORD the output")).toBeInViewport();
  await look("folded");
  await replay.frame.getByRole("button", { name: "Match case" }).click();
  await expect(status).toHaveText("1 of 2");
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
  await look("filters");
  await page.keyboard.press("Escape");
  await expect(replay.events.filter({ hasText: "needleword" }).first()).toBeVisible();
  await expect(replay.event("Reply")).toHaveCount(0);
  await window.reload();
  await expect(replay.frame.getByText(/^Shown: /)).toBeVisible();
  await expect(replay.event("Reply")).toHaveCount(0);
  await replay.frame.getByRole("button", { name: "Clear filters" }).click();
  await expect(replay.frame.getByText(/^Shown/)).toHaveCount(0);
});

async function append(machine: Machine, sessionId: string): Promise<void> {
  const transcript = (await machine.transcripts()).get(sessionId);
  if (transcript === undefined) {
    throw new Error(`there is no session ${sessionId}`);
  }
  const lines = Array.from({ length: 900 }, (_, number) => `line ${number} of a long output`);
  lines[850] = "far into NEEDLEWORD the output";
  const result = { type: "tool_result", tool_use_id: "toolu_long", content: lines.join("\n") };
  const said = [
    { type: "assistant", message: { role: "assistant", content: [{ type: "text", text: "A **needleword** here" }] } },
    { type: "user", message: { role: "user", content: [result] } },
    { type: "user", message: { role: "user", content: "and one needleword more" } },
  ];
  const rest = { sessionId, cwd: machine.workspace, timestamp: "2026-03-01T09:00:00.000Z" };
  const records = said.map((each, number) => `${JSON.stringify({ ...rest, uuid: `needle-${number}`, ...each })}\n`);
  await appendFile(transcript, records.join(""));
}
