import { expect, test } from "vitest";
import { Remembering } from "../../../extension/src/page/store/remembering";
import type { Habits } from "../../../extension/src/shared/habits";

function rememberingOf(isNew = true) {
  const told: (Habits | number | null | "back")[] = [];
  const remembering = new Remembering(
    {
      loadHabits: () => ({ speed: 5 }),
      prefer: (habits) => told.push(habits),
      left: (line) => told.push(line),
      goBack: () => told.push("back"),
    },
    isNew,
  );
  return { remembering, told };
}

test("only what the reader changed in this tab is told, so that another tab's choice stays", () => {
  const { remembering, told } = rememberingOf();
  expect(remembering.habits).toEqual({ speed: 5 });
  const panel = { isOpen: true, tab: "files", width: 300 } as const;
  remembering.keep({ speed: 5, timing: "real", panel });
  remembering.keep({ speed: 5, timing: "real", panel: { ...panel } });
  expect(told).toEqual([]);
  remembering.keep({ speed: 5, timing: "even", panel });
  remembering.keep({ speed: 5, timing: "even", panel: { ...panel, tab: "outline" } });
  expect(told).toEqual([{ timing: "even" }, { panel: { ...panel, tab: "outline" } }]);
});

test("a place is left only by moving: opening a session again doesn't forget where it was left", () => {
  const { remembering, told } = rememberingOf();
  for (const line of [undefined, null, null, 40, 40, undefined, 41, null]) {
    remembering.at(line);
  }
  expect(told).toEqual([40, 41, null]);
});

test("going back is offered until it was done or turned down, and not where the reader is already", () => {
  const { remembering, told } = rememberingOf();
  expect([remembering.isOffered(undefined), remembering.isOffered(12)]).toEqual([false, true]);
  remembering.at(12);
  expect(remembering.isOffered(12)).toBe(false);
  remembering.at(3);
  remembering.goBack();
  expect([told.at(-1), remembering.isOffered(12)]).toEqual(["back", false]);
  const { remembering: other } = rememberingOf();
  other.dismiss();
  expect(other.isOffered(12)).toBe(false);
  expect(rememberingOf(false).remembering.isOffered(12), "a restored tab has its own place").toBe(false);
});
