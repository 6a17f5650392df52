import { appendFile } from "node:fs/promises";
import { writeStrangeThread, writeSubAgent, writeThread } from "./support/agentFiles";
import { expect, test } from "./support/fixtures";

test("several agents stand in one tree, with their sub-agents and with what is not understood of them", async ({
  machine,
  editor,
}) => {
  const { sessionId, lines } = await machine.pastSession();
  const subAgent = await writeSubAgent(machine, sessionId, "a1", {
    agentType: "Explore",
    description: "Find the tests",
  });
  await writeThread(machine, 1, "Tidy the harbour");
  await writeStrangeThread(machine, 2, "9.9.9");
  const window = await editor.openWindow();
  await window.sessions.open();

  const { rows } = window.sessions;
  await expect(rows.first()).toHaveText(/^Codex's newest transcripts are not understood: .* 9\.9\.9\.$/);
  const claude = rows.filter({ hasText: "Claude Code" });
  await expect(claude).toContainText("live · Claude Code");
  await expect(rows.filter({ hasText: "Tidy the harbour" })).toContainText("mirrored · Codex");
  await window.look("flat");

  await window.sessions.unfold(claude);
  const nested = rows.filter({ hasText: "Explore: Find the tests" });
  await expect(nested).toContainText("live ·");
  await expect(nested).toHaveAttribute("aria-level", "2");
  await claude.click();
  await expect(window.replay.feed).toBeVisible();
  await window.focusSessions();
  await window.page.keyboard.press("ArrowDown");
  await window.page.keyboard.press("Enter");
  await expect(window.replay.title).toHaveText(/Explore/);
  await expect.poll(() => window.replay.recordCount()).toBe(lines);
  await appendFile(subAgent, '{"type":"system","subtype":"note","content":"more"}\n');
  await window.look("sub-agent");

  await window.palette.run("Session Mirror: Group Sessions by Agent");
  await expect(rows.filter({ hasText: /^Codex\s*1$/ })).toHaveAttribute("aria-level", "1");
  await window.sessions.unfold(rows.filter({ hasText: "Fix the tide table" }));
  await expect(nested).toHaveAttribute("aria-level", "3");
  await window.look("grouped");
});
