import { expect, test } from "./support/fixtures";

const MINUTE = 60_000;

test("a session is played record by record, sought by key and strip, and stays where it was over a reload", async ({
  machine,
  editor,
}) => {
  const { lines } = await machine.pastSession({ turns: 20 });
  await machine.retimeTranscripts((line) => (line === 9 ? 38 * MINUTE : 900));
  const window = await editor.openWindow();
  const { replay, page } = window;
  await window.sessions.open();
  await window.sessions.clickNewest("mirrored");
  await expect(replay.events.first()).toBeVisible();
  await expect(replay.slider).toHaveAttribute("aria-valuetext", /^turn 1 of \d+, \d\d:\d\d:\d\d$/);

  await replay.scroller.focus();
  await page.keyboard.press("Space");
  await expect(replay.button("Pause")).toBeVisible();
  for (const speed of ["2×", "5×", "10×"]) {
    await page.keyboard.press(">");
    await expect(replay.speed).toHaveText(speed);
  }
  const places: number[] = [];
  await expect
    .poll(async () => {
      places.push(await replay.lastPlace());
      return places.at(-1) ?? 0;
    })
    .toBeGreaterThan(12);
  expect(places).toEqual([...places].sort((a, b) => a - b));
  expect(places[0]).toBeLessThan(lines);
  await expect(replay.frame.getByText("38 min idle skipped").first()).toBeAttached();

  await page.keyboard.press("Space");
  await expect(replay.button("Play")).toBeVisible();
  await expect.poll(() => replay.lastPlace()).toBeGreaterThan(places.at(-1) ?? 0);

  const total = Number(await replay.slider.getAttribute("aria-valuemax"));
  await page.keyboard.press("5");
  await expect.poll(() => replay.playedSeconds()).toBe(Math.round(total / 2));
  const strip = await replay.slider.boundingBox();
  await replay.slider.click({ position: { x: (strip?.width ?? 0) * 0.75, y: 10 } });
  await expect.poll(() => replay.playedSeconds()).toBeGreaterThan(total * 0.7);
  const at = await replay.playedSeconds();

  await window.reload();
  await expect(replay.speed).toHaveText("10×");
  await expect.poll(() => replay.playedSeconds()).toBe(at);
});
