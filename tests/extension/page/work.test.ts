import { beforeEach, expect, test, vi } from "vitest";
import type { Anchor } from "../../../extension/src/page/list/anchoring";
import { Folds } from "../../../extension/src/page/store/folds";
import { Work } from "../../../extension/src/page/store/work";
import { workWords } from "../../../extension/src/page/view/workWords";
import type { WorkGroup } from "../../../extension/src/protocol/messages";
import type { Density } from "../../../extension/src/shared/messages";
import { dice } from "./dice";

function group(first: number, last: number, change: Partial<WorkGroup> = {}): WorkGroup {
  const records = last - first + 1;
  return { first, last, records, calls: 1, failed: 0, files: 0, changedFiles: 0, tookMs: null, ...change };
}

/** A session of 30 records, of which the helper tells groups, two at a time. */
class Desk {
  groups: readonly WorkGroup[] = [group(1, 4), group(7, 9), group(12, 20)];
  isComplete = true;
  isLive = false;
  isFiltered = false;
  playhead: number | undefined;
  visible: readonly number[] = [0, 1, 5, 6];
  anchor: Anchor = { kind: "row", index: 0, offset: 0 };
  held: number | undefined;
  readonly folds = new Folds([]);
  readonly hidden = new Set<number>();
  readonly work: Work;

  constructor(density: Density) {
    const desk = this;
    this.work = new Work(
      {
        bridge: {
          request: async (_: unknown, { start }: { start: number }) => ({
            ...{ groups: desk.groups.slice(start, start + 2), groupCount: desk.groups.length },
            isComplete: desk.isComplete,
          }),
        } as unknown as ConstructorParameters<typeof Work>[0]["bridge"],
        folds: this.folds,
        layout: {
          get anchor() {
            return desk.anchor;
          },
          visible: () => desk.visible,
          holdRow: (index) => {
            desk.held = index;
          },
        },
        isLive: () => desk.isLive,
        isFiltered: () => desk.isFiltered,
        playhead: () => desk.playhead,
        apply: (first) => desk.draw(first),
        onChange: () => undefined,
      },
      density,
    );
  }

  draw(first: number): void {
    for (let index = first; index < 30; index += 1) {
      if (this.work.isFolded(index)) {
        this.hidden.add(index);
      } else {
        this.hidden.delete(index);
      }
    }
  }

  get shown(): readonly number[] {
    return Array.from({ length: 30 }, (_, index) => index).filter((index) => !this.hidden.has(index));
  }

  /** All of these groups have one row. */
  get folded(): readonly number[] {
    return this.groups.filter((each) => this.hidden.has(each.last)).map((each) => each.first);
  }

  async told(state: string): Promise<void> {
    this.work.sessionAt(state, "a");
    await vi.advanceTimersByTimeAsync(2100);
  }
}

beforeEach(() => {
  vi.useFakeTimers();
});

test("of each group only its first record has room, and everything is shown again on request", async () => {
  const desk = new Desk("compact");
  await desk.told("1");
  expect(desk.shown).toEqual([0, 1, 5, 6, 7, 10, 11, 12, 21, 22, 23, 24, 25, 26, 27, 28, 29]);
  expect(desk.work.groupOf(7)).toEqual(group(7, 9));
  expect([desk.work.groupOf(8), desk.work.groupAt(8)?.first]).toEqual([undefined, 7]);
  desk.work.choose("full");
  expect(desk.shown).toHaveLength(30);
  expect(desk.work.groupOf(7)).toBeUndefined();
});

test("nothing is asked for while all events are shown", async () => {
  const desk = new Desk("full");
  const asked = vi.spyOn(desk, "groups", "get").mockReturnValue([]);
  await desk.told("1");
  expect(asked).not.toHaveBeenCalled();
});

test("what the reader opens stays open; where the reader is sent is folded again once it was seen and left", async () => {
  const desk = new Desk("compact");
  await desk.told("1");
  const [first] = desk.groups;
  desk.work.toggle(first ?? group(0, 0));
  desk.work.reveal(15);
  expect(desk.folded).toEqual([7]);
  desk.work.tidy();
  expect(desk.folded, "on the way there").toEqual([7]);
  desk.visible = [14, 15, 16];
  desk.work.tidy();
  desk.visible = [21, 22];
  desk.work.reveal(16);
  desk.work.tidy();
  expect(desk.folded, "on the way back").toEqual([7]);
  desk.visible = [16, 17];
  desk.work.tidy();
  desk.visible = [21, 22];
  desk.work.tidy();
  expect(desk.folded).toEqual([7, 12]);
});

test("a place is opened that the reader was sent to before groups were known", async () => {
  const desk = new Desk("compact");
  desk.work.reveal(8);
  await desk.told("1");
  expect(desk.folded).toEqual([1, 12]);
});

test("work is open while it is played, and folded after it when it is out of sight", async () => {
  const desk = new Desk("compact");
  await desk.told("1");
  desk.playhead = 7;
  desk.work.playAt(7);
  desk.visible = [0, 1];
  desk.work.tidy();
  expect(desk.folded).toEqual([1, 12]);
  desk.playhead = 10;
  desk.work.tidy();
  expect(desk.folded).toEqual([1, 7, 12]);
});

test("the newest work of a live session is open until there is newer one and it is out of sight", async () => {
  const desk = new Desk("compact");
  desk.isLive = true;
  await desk.told("1");
  expect(desk.folded).toEqual([1, 7]);
  desk.groups = [...desk.groups.slice(0, 2), group(12, 22), group(25, 28)];
  desk.visible = [20, 21, 22, 25];
  await desk.told("2");
  expect(desk.folded, "it is still in sight").toEqual([1, 7]);
  desk.visible = [27, 28];
  desk.work.tidy();
  expect(desk.folded).toEqual([1, 7, 12]);
  desk.work.toggle(group(25, 28));
  desk.groups = [...desk.groups.slice(0, 3), group(25, 29)];
  await desk.told("3");
  expect(desk.folded, "the reader folded it").toEqual([1, 7, 12, 25]);
});

test("a filter shows its records wherever they are", async () => {
  const desk = new Desk("compact");
  await desk.told("1");
  desk.isFiltered = true;
  desk.draw(0);
  expect([desk.shown.length, desk.work.groupAt(3)]).toEqual([30, undefined]);
});

test("who folds all work in the midst of some is held at its line", async () => {
  const desk = new Desk("full");
  await desk.told("1");
  desk.work.choose("compact");
  await desk.told("1");
  desk.work.choose("full");
  desk.anchor = { kind: "row", index: 16, offset: 30 };
  desk.work.choose("compact");
  expect(desk.held).toBe(12);
});

test("whatever comes and is opened, records are hidden as the groups that are known say", async () => {
  for (let seed = 1; seed <= 20; seed += 1) {
    const roll = dice(seed);
    const desk = new Desk("compact");
    desk.groups = [];
    for (let state = 1, at = 0; at < 28; state += 1) {
      const first = at + 1 + Math.floor(roll() * 3);
      const last = first + 1 + Math.floor(roll() * 5);
      desk.groups = [...desk.groups, group(first, Math.min(29, last))];
      at = last + 1;
      await desk.told(`${seed} ${state}`);
      const any = desk.groups[Math.floor(roll() * desk.groups.length)];
      if (any !== undefined) {
        desk.work.toggle(any);
      }
      const hidden = desk.groups
        .filter((each) => !desk.work.isOpen(each))
        .flatMap(({ first: from, last: to }) => Array.from({ length: to - from }, (_, n) => from + 1 + n));
      expect([...desk.hidden].sort((one, other) => one - other)).toEqual(hidden);
    }
  }
});

test("a line says how long it took, what was called, what changed and what failed, as far as it is known", () => {
  const told = group(1, 40, { calls: 12, failed: 1, files: 5, changedFiles: 3, tookMs: 252_000 });
  expect(workWords(told, "past")).toEqual({
    ...{ words: ["Worked for 4 min", "12 calls", "3 files changed"], failed: "1 failed" },
  });
  expect(workWords(group(1, 2, { files: 1 }), "past").words).toEqual(["Worked", "1 call", "1 file read"]);
  expect(workWords(told, "present").words[0]).toBe("Working for 4 min");
  expect(workWords(told, "ahead"), "nothing of what is yet to be played").toEqual({ words: ["Working"], failed: "" });
});
