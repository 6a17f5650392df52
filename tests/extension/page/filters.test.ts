import { expect, test, vi } from "vitest";
import { type FilterChoice, Filters } from "../../../extension/src/page/store/filters";
import type { ReplayFilterResult } from "../../../extension/src/protocol/messages";
import type { FilterRequest } from "../../../extension/src/shared/messages";
import { dice } from "./dice";

/** A helper that tells of so many records, a few runs at a time. */
class Helper {
  readonly asked: FilterRequest[] = [];
  fails = false;

  constructor(
    public shown: readonly boolean[],
    private readonly runsAtOnce = 2,
  ) {}

  answer(request: FilterRequest): Promise<ReplayFilterResult> {
    this.asked.push(request);
    if (this.fails) {
      return Promise.reject(new Error("The helper is gone."));
    }
    const runs: number[] = [];
    let at = request.start;
    while (at < this.shown.length && runs.length < this.runsAtOnce * 2) {
      const begin = at;
      while (this.shown[at] === true) {
        at += 1;
      }
      if (at > begin) {
        runs.push(begin, at - begin);
      } else {
        at += 1;
      }
    }
    return Promise.resolve({ start: request.start, until: at, runs });
  }
}

function filtersOf(helper: Helper, recordCount: () => number, saved?: FilterChoice): [Filters, boolean[]] {
  const rows: boolean[] = [];
  const filters = new Filters(
    {
      request: (request) => helper.answer(request),
      recordCount,
      apply: (first, isShown) => {
        for (let index = first; index < recordCount(); index += 1) {
          rows[index] = isShown(index);
        }
      },
      onChoice: () => undefined,
      onChange: () => undefined,
    },
    saved,
  );
  return [filters, rows];
}

const settle = (): Promise<void> => vi.waitFor(() => new Promise((resolve) => setTimeout(resolve)));

test("what is shown is what the helper tells, page by page, whatever is shown and whatever comes", async () => {
  for (let seed = 1; seed <= 20; seed += 1) {
    const roll = dice(seed);
    const records = Array.from({ length: 40 }, () => roll() < 0.5);
    const helper = new Helper(records.slice(0, 25));
    let count = 25;
    const [filters, rows] = filtersOf(helper, () => count);
    filters.sessionAt("1", "a");
    expect(rows.every((isShown) => isShown)).toBe(true);
    filters.choose({ errorsOnly: true });
    await settle();
    expect(rows).toEqual(records.slice(0, 25));
    count = 40;
    filters.sessionAt("2", "a");
    expect(
      rows.slice(25).some((isShown) => isShown),
      "what came is hidden until it is known",
    ).toBe(false);
    helper.shown = records;
    filters.sessionAt("3", "a");
    await settle();
    expect(rows).toEqual(records);
    expect([filters.shownCount, filters.isComplete]).toEqual([records.filter(Boolean).length, true]);
    filters.clear();
    expect(rows.every((isShown) => isShown)).toBe(true);
  }
});

test("a filter that was kept is used from the beginning, and asked for anew where records stand elsewhere", async () => {
  const helper = new Helper([true, false]);
  const saved: FilterChoice = { hiddenKinds: ["thinking"], tools: [], path: null, errorsOnly: false, agents: "all" };
  const [filters, rows] = filtersOf(helper, () => 2, saved);
  filters.sessionAt("1", "a");
  await settle();
  expect([filters.isActive, filters.saved, rows]).toEqual([true, saved, [true, false]]);
  helper.shown = [false, true];
  filters.sessionAt("1", "b");
  await settle();
  expect(rows).toEqual([false, true]);
});

test("while it isn't known what is shown, everything is, and the reason is told", async () => {
  const helper = new Helper([false]);
  helper.fails = true;
  const [filters, rows] = filtersOf(helper, () => 1);
  filters.sessionAt("1", "a");
  filters.choose({ agents: "sub" });
  await settle();
  expect([filters.problem, rows]).toEqual(["The helper is gone.", [true]]);
});
