import { expect, test } from "vitest";
import * as playback from "../../../extension/src/page/store/playback";
import { dice } from "./dice";

/** A session of so many records: how long each stays, and what is loaded of it. */
class Session implements playback.Score {
  constructor(
    private readonly stays: readonly number[],
    private loaded = stays.length,
  ) {}

  load(count: number): void {
    this.loaded = Math.max(this.loaded, count);
  }

  step(index: number, timing: playback.Timing): playback.Step | undefined {
    if (index + 1 > this.loaded - (this.loaded < this.stays.length ? 1 : 0)) {
      return undefined;
    }
    const stayMs = timing === "even" ? 500 : (this.stays[index] ?? 0);
    return { stayMs, next: index + 1 < this.stays.length ? index + 1 : null };
  }

  atMs(index: number): number {
    return this.stays.slice(0, index).reduce((sum, stay) => sum + stay, 0);
  }
}

function randomSession(roll: () => number): Session {
  const stays = Array.from({ length: 1 + Math.floor(roll() * 30) }, () =>
    roll() < 0.3 ? 0 : Math.floor(roll() * 4000),
  );
  return new Session(stays, roll() < 0.5 ? stays.length : Math.floor(roll() * stays.length));
}

const START: playback.PlaybackState = {
  head: { index: 0, elapsedMs: 0 },
  speed: 1,
  timing: "real",
  countedMs: null,
};

function isBefore(a: playback.Playhead, b: playback.Playhead): boolean {
  return a.index < b.index || (a.index === b.index && a.elapsedMs < b.elapsedMs);
}

test("while playing the playhead never goes back, whatever the frames, the speed, and what is loaded when", () => {
  for (let seed = 1; seed <= 300; seed += 1) {
    const roll = dice(seed);
    const session = randomSession(roll);
    let now = 1000;
    let state = playback.play(START, now);
    let wentBackIn = -1;
    for (let frame = 0; frame < 200; frame += 1) {
      now += roll() < 0.05 ? -40 : roll() * 90;
      if (roll() < 0.1) {
        state = playback.withSpeed(state, playback.nextSpeed(state.speed, roll() < 0.5 ? 1 : -1));
      }
      if (roll() < 0.1) {
        session.load(Math.floor(roll() * 31));
      }
      const after = playback.tick(state, now, session).state;
      wentBackIn = isBefore(after.head, state.head) ? frame : wentBackIn;
      state = after;
    }
    expect(wentBackIn, `seed ${seed}`).toBe(-1);
  }
});

test("every record is shown for as long as it stays, however the time is cut into frames", () => {
  for (let seed = 1; seed <= 100; seed += 1) {
    const roll = dice(seed);
    const stays = Array.from({ length: 8 }, () => Math.floor(roll() * 900));
    const session = new Session(stays);
    let now = 0;
    let state = playback.play(START, now);
    let outcome: playback.Outcome = "moving";
    while (outcome !== "ended") {
      now += 1 + roll() * 60;
      const ticked = playback.tick(state, now, session);
      state = ticked.state;
      outcome = ticked.outcome;
      if (outcome === "moving") {
        const passed = session.atMs(state.head.index) + state.head.elapsedMs;
        expect(passed).toBeCloseTo(now, 6);
      }
    }
    expect(state.head.index).toBe(7);
    expect(now).toBeGreaterThanOrEqual(session.atMs(8));
  }
});

test("pausing and resuming loses nothing and adds nothing, however long the pause", () => {
  const session = new Session([1000, 2000, 3000]);
  let state = playback.tick(playback.play(START, 0), 200, session).state;
  state = playback.pause(state);
  expect(playback.tick(state, 90_000, session).state).toBe(state);
  state = playback.play(state, 1_000_000);
  expect(state.head).toEqual({ index: 0, elapsedMs: 200 });
  state = playback.tick(state, 1_000_100, session).state;
  expect(state.head).toEqual({ index: 0, elapsedMs: 300 });
});

test("another speed or another timing leaves the position where it is", () => {
  for (let seed = 1; seed <= 200; seed += 1) {
    const roll = dice(seed);
    const session = new Session([1500, 0, 4000, 700]);
    let state = playback.play(START, 0);
    for (let now = 0; now < roll() * 5000; now += 50) {
      state = playback.tick(state, now, session).state;
    }
    const before = playback.positionMs(state, session);
    for (const speed of playback.SPEEDS) {
      expect(playback.positionMs(playback.withSpeed(state, speed), session)).toBe(before);
    }
    const even = playback.withTiming(state, "even", session);
    expect(even.head.index).toBe(state.head.index);
    expect(playback.positionMs(even, session)).toBeCloseTo(before, 6);
    expect(playback.positionMs(playback.withTiming(even, "real", session), session)).toBeCloseTo(before, 6);
  }
});

test("seeking lands on the record that was told, and as far behind it as was asked", () => {
  for (let seed = 1; seed <= 200; seed += 1) {
    const roll = dice(seed);
    const stays = Array.from({ length: 10 }, () => Math.floor(roll() * 3000));
    const session = new Session(stays);
    const index = Math.floor(roll() * 9);
    const intoMs = roll() * (stays[index] ?? 0);
    for (const timing of ["real", "even"] as const) {
      const state = playback.seekTo({ ...START, timing }, index, intoMs, session);
      expect(state.head.index).toBe(index);
      expect(playback.positionMs(state, session)).toBeCloseTo(session.atMs(index) + intoMs, 6);
    }
  }
});

test("double speed plays twice as much in the same time", () => {
  const session = new Session([100_000, 1]);
  const played = (speed: playback.Speed): number => {
    let state = playback.play(playback.withSpeed(START, speed), 0);
    for (let now = 0; now <= 1000; now += 16) {
      state = playback.tick(state, now, session).state;
    }
    return state.head.elapsedMs;
  };
  expect(played(2)).toBe(2 * played(1));
  expect(played(20)).toBe(20 * played(1));
});

test("time stands still until the next record is here, and after a moment in which nobody looked", () => {
  const session = new Session([100, 100, 100, 100], 2);
  let state = playback.play(START, 0);
  let outcome: playback.Outcome = "moving";
  for (let now = 0; now <= 900; now += 50) {
    ({ state, outcome } = playback.tick(state, now, session));
  }
  expect([state.head, outcome]).toEqual([{ index: 1, elapsedMs: 0 }, "waiting"]);
  session.load(4);
  expect(playback.tick(state, 950, session).state.head).toEqual({ index: 1, elapsedMs: 50 });
  const slept = playback.tick(playback.play(START, 0), 3_600_000, new Session([10_000, 10_000]));
  expect(slept.state.head).toEqual({ index: 0, elapsedMs: 250 });
});

test("speeds go up and down one by one, and an unknown one is single", () => {
  expect(playback.SPEEDS.map((speed) => playback.nextSpeed(speed, 1))).toEqual([1, 2, 5, 10, 20, 20]);
  expect(playback.SPEEDS.map((speed) => playback.nextSpeed(speed, -1))).toEqual([0.5, 0.5, 1, 2, 5, 10]);
  expect([playback.speedOf(5), playback.speedOf(7), playback.speedOf(undefined)]).toEqual([5, 1, 1]);
});
