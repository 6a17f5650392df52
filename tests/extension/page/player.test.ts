import { expect, test } from "vitest";
import { eventMs, recordMs, revealAt, WORD_MS } from "../../../extension/src/page/store/pacing";
import { Player } from "../../../extension/src/page/store/player";
import { playerTakes } from "../../../extension/src/page/store/playerKeys";
import { RecordScore } from "../../../extension/src/page/store/score";
import { StripScale } from "../../../extension/src/page/store/stripScale";
import type { ReplayRecord } from "../../../extension/src/protocol/messages";
import type { SavedPlayback } from "../../../extension/src/shared/pageState";
import { waitFor } from "../support/waitFor";
import { event, record } from "./records";

/** Ten records, one a second; the fourth shows nothing. */
const RECORDS: readonly ReplayRecord[] = Array.from({ length: 10 }, (_, index) =>
  record(index, index === 3 ? [] : [event({ text: { value: "two words", totalChars: 9 } })]),
);
const DURATION_MS = 9000;

const WHOLE = { durationMs: DURATION_MS, recordCount: RECORDS.length, isComplete: true };

function stage(saved?: SavedPlayback, records = RECORDS, timeline = WHOLE) {
  const told: string[] = [];
  const asked: number[] = [];
  const answers: (() => void)[] = [];
  const record = (index: number): ReplayRecord | undefined => records[index];
  const recordCount = () => records.length;
  const isLoading = () => false;
  const isHidden = (index: number) => records[index]?.events.length === 0;
  const next = (index: number): number => (isHidden(index + 1) ? next(index + 1) : index + 1);
  const player = new Player(
    {
      ...{ record, recordCount, isLoading, durationMs: () => DURATION_MS },
      scale: () => new StripScale(timeline, records.length),
      score: new RecordScore({ record, recordCount, isLoading, isHidden, next, timeline: () => undefined }),
      seek: (atMs) => {
        asked.push(atMs);
        const index = Math.floor(atMs / 1000);
        return new Promise((resolve) => answers.push(() => resolve({ index, atMs: index * 1000 })));
      },
      show: (index) => told.push(`show ${index}`),
      onEnd: () => told.push("end"),
      onPlaying: () => undefined,
      onChange: () => undefined,
      onProblem: (line) => told.push(line),
    },
    saved,
  );
  const press = (command: Parameters<typeof playerTakes>[1], key = "") => playerTakes(player, command, key, 0);
  return { player, told, asked, answers, press };
}

function playFor(player: Player, ms: number): void {
  for (let now = 50; now <= ms; now += 50) {
    player.tick(now);
  }
}

test("records are shown one after the other, past those that show nothing, to the end", () => {
  const { player, told } = stage();
  const seen = [player.index];
  player.play(0);
  for (let now = 50; player.isPlaying && now < 60_000; now += 50) {
    player.tick(now);
    if (seen.at(-1) !== player.index) {
      seen.push(player.index);
    }
  }
  expect(seen).toEqual([0, 1, 2, 4, 5, 6, 7, 8, 9]);
  expect(told).toEqual(["end"]);
});

test("played to the end it begins anew; paused in the last record it goes on there", () => {
  const { player } = stage({ index: 9, elapsedMs: 0, speed: 1, timing: "real" });
  player.seek(0);
  player.goTo(9);
  player.play(0);
  playFor(player, 300);
  player.pause();
  player.play(300);
  expect(player.index).toBe(9);
  playFor(player, 5000);
  expect(player.isPlaying).toBe(false);
  player.play(9000);
  expect(player.index).toBe(0);
});

test("a place, a speed and a timing that were kept are there again", () => {
  const kept: SavedPlayback = { index: 4, elapsedMs: 120, speed: 5, timing: "even" };
  const { player } = stage(kept);
  player.begin(0);
  expect(player.saved).toEqual(kept);
  const gone = stage({ ...kept, index: 400 });
  gone.player.begin(0);
  expect(gone.player.index).toBe(0);
});

test("of many wishes in a row only the first and the newest are asked for", async () => {
  const { player, asked, answers, told } = stage();
  for (const atMs of [1000, 2000, 3000, 7400]) {
    player.seek(atMs);
  }
  expect(player.positionMs).toBe(7400);
  answers.shift()?.();
  await waitFor("the newest is asked for", () => asked.length === 2);
  answers.shift()?.();
  await waitFor("it is shown", () => told.includes("show 7"));
  expect(asked).toEqual([1000, 7400]);
  expect(player.positionMs).toBe(7400);
});

test("5 seconds on twice are 10, however slow the answer", () => {
  const { player, press } = stage();
  press("seekForward");
  press("seekBack");
  press("seekForward");
  expect(player.positionMs).toBe(5000);
  press("seekFarBack");
  expect(player.positionMs).toBe(4100);
  press("seekTenth", "9");
  expect(player.positionMs).toBe(8100);
  press("seekForward");
  expect(player.positionMs).toBe(DURATION_MS);
});

test("a live session that grows meanwhile doesn't take the reader back to its end", async () => {
  const { player, answers } = stage();
  player.grew(9);
  expect(player.index).toBe(9);
  player.seek(3000);
  player.grew(9);
  answers.shift()?.();
  await waitFor("the reader is there", () => player.index === 3);
});

test("an answer that can't be had leaves the reader where they were, and says so", async () => {
  const told: string[] = [];
  const nothing = { record: () => undefined, recordCount: () => 1, isLoading: () => false };
  const failing = new Player(
    {
      ...{
        ...nothing,
        durationMs: () => 100,
        scale: () => new StripScale(undefined, 0),
        onProblem: (line) => told.push(line),
      },
      score: new RecordScore({ ...nothing, isHidden: () => false, next: () => 1, timeline: () => undefined }),
      seek: () => Promise.reject(new Error("Gone.")),
      ...{ show: () => undefined, onEnd: () => undefined, onPlaying: () => undefined, onChange: () => undefined },
    },
    undefined,
  );
  failing.seek(50);
  await waitFor("the reason", () => told.includes("Gone."));
  expect(failing.positionMs).toBe(0);
});

test("paused, the playhead is where the reader scrolled to; playing, it is the player's", () => {
  const { player } = stage();
  player.readerScrolled([2, 4, 5], 100);
  expect(player.index).toBe(2);
  player.readerScrolled([0, 1, 2], -100);
  expect(player.index).toBe(2);
  player.readerScrolled([0, 1], -100);
  expect(player.index).toBe(1);
  player.play(0);
  player.readerScrolled([6, 7], 100);
  expect([player.index, player.isFollowed]).toEqual([1, false]);
  player.readerScrolled([0, 1], 10);
  expect(player.isFollowed).toBe(true);
});

test("keys that read pause, keys that go to chapters don't, and Home plays from the beginning", () => {
  const { player, press } = stage();
  expect(press("start")).toBe(false);
  expect(press("playPause")).toBe(true);
  for (const command of ["nextPrompt", "nextTurn", "toggle", "help"] as const) {
    expect(press(command)).toBe(false);
  }
  expect(press("start")).toBe(true);
  expect(player.isPlaying).toBe(true);
  expect(press("nextEvent")).toBe(false);
  expect(player.isPlaying).toBe(false);
});

test("an even pace gives each kind its time, and a reply that of its words", () => {
  const words = (count: number) => event({ text: { value: "word ".repeat(count), totalChars: 5 * count } });
  expect(eventMs(words(20))).toBe(20 * WORD_MS);
  expect(eventMs(words(0))).toBeGreaterThan(0);
  expect(eventMs(words(9000))).toBeLessThanOrEqual(30_000);
  expect([eventMs(event({ kind: "prompt" })), eventMs(event({ kind: "thinking" }))]).toEqual([1200, 600]);
});

test("a record's events come in one after the other, faster where it has little time", () => {
  const two = record(0, [event({ kind: "prompt" }), event({ kind: "thinking", field: 1 })]);
  expect(recordMs(two)).toBe(1800);
  expect(revealAt(two, 600, 10_000)).toEqual({ field: 0, share: 0.5 });
  expect(revealAt(two, 1500, 10_000)).toEqual({ field: 1, share: 0.5 });
  expect(revealAt(two, 5000, 10_000)).toEqual({ field: 1, share: 1 });
  expect(revealAt(two, 150, 180)).toEqual({ field: 1, share: 0.5 });
  expect(revealAt(two, 0, 0)).toEqual({ field: 1, share: 1 });
});

test("in a session that is still being read, shares lead by time as far as that is known, and by number beyond", () => {
  const { player, asked, told, press } = stage(undefined, RECORDS, {
    durationMs: 3000,
    recordCount: 4,
    isComplete: false,
  });
  press("seekTenth", "2");
  expect(asked).toEqual([1500]);
  press("seekTenth", "8");
  expect(told).toEqual(["show 8"]);
  expect(player.index).toBe(8);
  press("seekFarBack");
  expect(player.index).toBe(7);
});
