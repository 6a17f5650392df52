import { describe, expect, test } from "vitest";
import {
  BEHIND_PATIENCE_MS,
  MOVE_INTERVAL_MS,
  NUMBERS_INTERVAL_MS,
  SteadyList,
} from "../../../extension/src/sessions/steady";
import { session } from "../support/samples";

const a = session({ sessionId: "a" });
const b = session({ sessionId: "b" });
const c = session({ sessionId: "c" });

function ids(list: SteadyList, sessions: Parameters<SteadyList["show"]>[0], nowMs: number): string {
  return list
    .show(sessions, nowMs)
    .sessions.map(({ sessionId }) => sessionId)
    .join("");
}

describe("the order", () => {
  test("changes at most every few seconds, and then does", () => {
    const list = new SteadyList();
    ids(list, [a, b], 0);
    expect(ids(list, [b, a], 1)).toBe("ba");
    const early = list.show([a, b], 1000);
    expect(early.sessions).toEqual([b, a]);
    expect(1000 + (early.againInMs ?? 0)).toBe(1 + MOVE_INTERVAL_MS);
    expect(ids(list, [a, b], 1 + MOVE_INTERVAL_MS)).toBe("ab");
  });

  test("stays while the user does something with the rows", () => {
    const list = new SteadyList();
    ids(list, [a, b], 0);
    list.hold(100_000);
    expect(ids(list, [b, a], 100_001)).toBe("ab");
    expect(ids(list, [b, a], 100_000 + MOVE_INTERVAL_MS)).toBe("ba");
  });

  test("makes room at once for a session that comes, and none for one that went", () => {
    const list = new SteadyList();
    ids(list, [a, b], 0);
    list.hold(0);
    expect(ids(list, [c, a, b], 1)).toBe("cab");
    expect(ids(list, [c, b], 2)).toBe("cb");
  });
});

describe("a row", () => {
  test("whose numbers grow is drawn anew at most every two seconds, and in the end has the last ones", () => {
    const list = new SteadyList();
    list.show([a], 0);
    const grown = { ...a, sourceBytes: 99_999 };
    const early = list.show([grown], 500);
    expect(early.sessions).toEqual([a]);
    expect(early.againInMs).toBe(NUMBERS_INTERVAL_MS - 500);
    expect(list.show([grown], NUMBERS_INTERVAL_MS).sessions).toEqual([grown]);
  });

  test.each([
    { state: "error" as const },
    { title: "renamed" },
    { historyCount: 1 },
    { sourcePath: "/home/ada/moved.jsonl" },
  ])("that says something else is drawn anew at once (%j)", (change) => {
    const list = new SteadyList();
    list.show([a], 0);
    const changed = { ...a, ...change };
    expect(list.show([changed], 1).sessions).toEqual([changed]);
  });

  test("that nothing happened to is the same object", () => {
    const list = new SteadyList();
    const [before] = list.show([a], 0).sessions;
    expect(list.show([{ ...a }], 90_000).sessions[0]).toBe(before);
  });
});

describe("a session that fell behind", () => {
  const live = session({ state: "live" });
  const behind = session({ state: "behind", lagBytes: 4_000 });

  test("is shown as live until that has lasted, and then as behind", () => {
    const list = new SteadyList();
    list.show([live], 0);
    expect(list.show([behind], 100).sessions[0]).toMatchObject({ state: "live", lagBytes: 0 });
    expect(list.show([behind], 100 + BEHIND_PATIENCE_MS).sessions[0]).toMatchObject({ state: "behind" });
  });

  test("and caught up has all its time again", () => {
    const list = new SteadyList();
    for (let second = 0; second < 60; second += 1) {
      const [shown] = list.show([second % 2 === 0 ? live : behind], second * 1000).sessions;
      expect(shown?.state).toBe("live");
    }
  });

  test("before it was first shown is shown so at once", () => {
    expect(new SteadyList().show([behind], 0).sessions).toEqual([behind]);
  });
});
