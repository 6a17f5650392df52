import { afterEach, beforeEach, expect, test, vi } from "vitest";
import { Memory } from "../../../extension/src/host/ids";
import { HabitsMemory } from "../../../extension/src/replay/habits";
import { LeftPlaces } from "../../../extension/src/replay/leftPlaces";
import { fakeMemento } from "../support/storage";

const session = (sessionId: string) => ({ harness: "codex", sessionId, title: "", origin: "auto" }) as const;

beforeEach(() => {
  vi.useFakeTimers();
});

afterEach(() => {
  vi.useRealTimers();
});

test("where sessions were left is known in the next window, of the newest two hundred", () => {
  const memory = fakeMemento();
  const places = new LeftPlaces(memory);
  for (let number = 0; number < 250; number += 1) {
    places.note(session(`s${number}`), number + 1);
  }
  places.note(session("s100"), 7);
  places.note(session("s249"), null);
  places.dispose();
  const later = new LeftPlaces(memory);
  expect(later.of({ ...session("s100"), origin: "bucket" }), "wherever it is taken from").toBe(7);
  expect([later.of(session("s49")), later.of(session("s51")), later.of(session("s249"))]).toEqual([
    undefined,
    52,
    undefined,
  ]);
  expect(memory.get<unknown[]>(Memory.leftPlaces, [])).toHaveLength(199);
});

test("a reader who scrolls is written down once a second at most", () => {
  const memory = fakeMemento();
  const update = vi.spyOn(memory, "update");
  const places = new LeftPlaces(memory);
  for (let line = 1; line <= 50; line += 1) {
    places.note(session("s"), line);
    vi.advanceTimersByTime(50);
  }
  expect(update.mock.calls.length).toBeLessThanOrEqual(3);
  vi.advanceTimersByTime(2000);
  expect(new LeftPlaces(memory).of(session("s"))).toBe(50);
});

test("what another version left behind is as good as nothing", async () => {
  const memory = fakeMemento({ [Memory.leftPlaces]: [["x"], 5, ["[]", -1]], [Memory.habits]: { speed: "fast" } });
  expect(new LeftPlaces(memory).of(session("s"))).toBeUndefined();
  const habits = new HabitsMemory(memory);
  expect(habits.current).toEqual({});
  await habits.change({ speed: 5 });
  await habits.change({ timing: "even" });
  expect(habits.current).toEqual({ speed: 5, timing: "even" });
});
