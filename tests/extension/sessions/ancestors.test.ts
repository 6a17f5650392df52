import { expect, test } from "vitest";
import { ancestorsOf, topmost } from "../../../extension/src/sessions/ancestors";
import { session } from "../support/samples";

const mother = session({ sessionId: "m" });
const child = session({ sessionId: "c", parentId: "m" });
const grandchild = session({ sessionId: "g", parentId: "c" });
const other = session({ sessionId: "m", harness: "codex" });
const all = [mother, child, grandchild, other];

test("the ancestors of a session are those of its own agent, nearest first", () => {
  expect(ancestorsOf(grandchild, all)).toEqual([child, mother]);
  expect(ancestorsOf(mother, all)).toEqual([]);
  expect(ancestorsOf(grandchild, [mother])).toEqual([]);
});

test("who claims to be an own ancestor ends the search", () => {
  const a = session({ sessionId: "a", parentId: "b" });
  const b = session({ sessionId: "b", parentId: "a" });
  expect(ancestorsOf(a, [a, b])).toEqual([b]);
});

test("what is chosen along with its session is left to that one", () => {
  expect(topmost([grandchild, other, mother], all)).toEqual([other, mother]);
  expect(topmost([grandchild, child], all)).toEqual([child]);
});
