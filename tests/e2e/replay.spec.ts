import type { Request } from "@playwright/test";
import { writeHostileSessions } from "./support/agentFiles";
import { expect, test } from "./support/fixtures";
import { CANARY, PAYLOADS } from "./support/payloads";

const HANDFUL = 8;

test("a click in the tree replays the session, also after a reload, and from the bucket when its transcript is gone", async ({
  machine,
  editor,
}) => {
  const { sessionId, lines } = await machine.pastSession();
  const window = await editor.openWindow();
  await window.sessions.open();
  await window.sessions.clickNewest("mirrored");

  await expect(window.replay.title).not.toBeEmpty();
  await expect(window.replay.events.first()).toBeVisible();
  await expect(window.replay.liveBadge).toHaveCount(0);
  await expect.poll(() => window.replay.recordCount()).toBe(lines);

  const title = (await window.replay.title.textContent()) ?? "";
  await window.reload();
  await expect(window.replay.title).toHaveText(title);
  await expect(window.replay.events.first()).toBeVisible();
  await expect(window.replay.facts).toContainText("From disk");

  await window.palette.run("View: Close All Editors");
  await expect.poll(() => machine.parts(sessionId)).not.toHaveLength(0);
  await machine.deleteTranscripts();
  await window.sessions.open();
  await window.sessions.clickNewest("only in bucket");
  await expect(window.replay.facts).toContainText("From the bucket");
  await expect.poll(() => window.replay.recordCount()).toBe(lines);
});

test("nothing that a session of any agent says runs, loads, leads away or breaks a rule of the page's policy", async ({
  machine,
  editor,
}) => {
  await writeHostileSessions(machine, inHandfuls(PAYLOADS));
  const window = await editor.openWindow();
  const { page, replay } = window;
  const happened: string[] = [];
  page.on("console", (message) => {
    if (/content security policy|trusted type/i.test(message.text())) {
      happened.push(message.text());
    }
  });
  page.on("dialog", (dialog) => void dialog.dismiss().then(() => happened.push(`a dialog: ${dialog.message()}`)));
  page.on("popup", () => happened.push("a new window"));
  page.on("pageerror", (error) => happened.push(`an error: ${error.message}`));
  await window.sessions.open();
  // Rows move until all is mirrored.
  await expect(window.sessions.rows.filter({ hasText: "mirrored ·" })).toHaveCount(4);
  const address = page.url();

  for (const agent of ["Claude Code", "Codex", "Hermes", "OpenClaw"]) {
    await window.sessions.rows.filter({ hasText: agent }).click();
    await expect(replay.title).toContainText(agent);
    await expect(replay.events.first()).toBeVisible();
    await expect(replay.icon).toBeVisible();
    const requests: string[] = [];
    const note = (request: Request): number => requests.push(request.url());
    page.on("request", note);
    expect(await replay.readAll(), agent).toBeGreaterThan(100);
    for (const tab of ["Outline", "Numbers", "Files"] as const) {
      await replay.showPanel(tab);
      await expect(replay.panel.getByRole("tabpanel", { name: tab })).not.toContainText("Reading…");
    }
    await replay.frame.getByRole("button", { name: "Choose what is shown" }).click();
    await expect(replay.frame.getByRole("dialog", { name: "What is shown" })).toBeVisible();
    await window.look(agent);
    page.off("request", note);
    expect(requests, agent).toEqual([]);
    await window.palette.run("View: Close All Editors");
  }

  expect(happened).toEqual([]);
  expect(page.url()).toBe(address);
  for (const frame of page.frames()) {
    expect(await frame.evaluate((name) => name in globalThis, CANARY), frame.url()).toBe(false);
  }
});

/** Shown one below the other they do what they would do alone, in a fraction of the time. */
function inHandfuls(texts: readonly string[]): readonly string[] {
  const starts = Array.from({ length: Math.ceil(texts.length / HANDFUL) }, (_, handful) => handful * HANDFUL);
  return starts.map((start) => texts.slice(start, start + HANDFUL).join("\n\n"));
}
