import { describe, expect, test } from "vitest";
import { inFamilyOrder } from "../../../extension/src/sessions/family";
import { changeBetween, idOf, newestFirst, SessionModel } from "../../../extension/src/sessions/model";
import { session } from "../support/samples";

const MINUTE = 60_000;
const ids = (model: SessionModel) => inFamilyOrder(model.all()).map(({ sessionId }) => sessionId);

describe("the order", () => {
  test("is newest first", () => {
    const model = new SessionModel();
    model.replace([
      session({ sessionId: "old", modifiedAtMs: 1 * MINUTE }),
      session({ sessionId: "new", modifiedAtMs: 9 * MINUTE }),
      session({ sessionId: "mid", modifiedAtMs: 5 * MINUTE }),
    ]);
    expect(ids(model)).toEqual(["new", "mid", "old"]);
  });

  test("stays while two sessions are written in turn", () => {
    const model = new SessionModel();
    const at = (sessionId: string, startedAtMs: number, modifiedAtMs: number) =>
      session({ sessionId, startedAtMs, modifiedAtMs });
    model.replace([at("a", 1, 10 * MINUTE), at("b", 2, 10 * MINUTE)]);
    const seen = new Set<string>();
    for (let second = 1; second < 60; second += 1) {
      const [id, started] = second % 2 === 0 ? (["a", 1] as const) : (["b", 2] as const);
      model.apply([at(id, started, 10 * MINUTE + second * 1000)], []);
      seen.add(ids(model).join());
    }
    expect([...seen]).toEqual(["b,a"]);
  });

  test("is total: equal times are told apart by id, whichever way they come", () => {
    const a = session({ sessionId: "a" });
    const b = session({ sessionId: "b" });
    expect([b, a].sort(newestFirst)).toEqual([a, b].sort(newestFirst));
  });
});

describe("the model", () => {
  test("takes changes and removals, by harness and id together", () => {
    const model = new SessionModel();
    model.replace([session({ sessionId: "x" }), session({ sessionId: "x", harness: "codex" })]);
    model.apply([session({ sessionId: "x", title: "new" })], [{ harness: "codex", sessionId: "x" }]);
    expect(model.all().map(({ title }) => title)).toEqual(["new"]);
  });

  test("tells ids apart that only look alike", () => {
    expect(idOf({ harness: "a", sessionId: "b/c" })).not.toBe(idOf({ harness: "a/b", sessionId: "c" }));
  });
});

describe("what changed between two lists", () => {
  const shown = (...names: string[]) => names.map((name) => ({ id: name.slice(0, 1), fingerprint: name }));

  test("is nothing when all rows look the same", () => {
    expect(changeBetween(shown("a1", "b1"), shown("a1", "b1"))).toEqual({ reordered: false, changed: [] });
  });

  test("is only the row that looks different", () => {
    expect(changeBetween(shown("a1", "b1", "c1"), shown("a1", "b2", "c1"))).toEqual({
      reordered: false,
      changed: ["b"],
    });
  });

  test.each([
    ["a new row", shown("a1"), shown("a1", "b1")],
    ["a removed row", shown("a1", "b1"), shown("a1")],
    ["a replaced row", shown("a1"), shown("b1")],
    ["a moved row", shown("a1", "b1"), shown("b1", "a1")],
  ])("is the order for %s", (_what, before, after) => {
    expect(changeBetween(before, after).reordered).toBe(true);
  });
});
