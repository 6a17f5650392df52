import { expect, test, vi } from "vitest";
import { type FilterChoice, Filters, NO_FILTER } from "../../../extension/src/page/store/filters";
import type { ReplayFilterResult, ReplayRecord } from "../../../extension/src/protocol/messages";
import type { FilterRequest } from "../../../extension/src/shared/messages";
import { isPageState } from "../../../extension/src/shared/pageState";
import type { SavedFilter } from "../../../extension/src/shared/searchGuards";
import { dice } from "./dice";
import { event, record } from "./records";

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

function filtersOf(
  helper: Helper,
  recordCount: () => number,
  saved?: SavedFilter,
  records: readonly ReplayRecord[] = [],
): [Filters, boolean[]] {
  const rows: boolean[] = [];
  const filters = new Filters(
    {
      request: (request) => helper.answer(request),
      recordCount,
      record: (index) => records[index],
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
  const saved: FilterChoice = { ...NO_FILTER, hiddenKinds: ["thinking"], agent: "toolu_1" };
  const [filters, rows] = filtersOf(helper, () => 2, saved);
  filters.sessionAt("1", "a");
  await settle();
  expect([filters.isActive, filters.saved, rows]).toEqual([true, saved, [true, false]]);
  helper.shown = [false, true];
  filters.sessionAt("1", "b");
  await settle();
  expect(rows).toEqual([false, true]);
});

test("a filter that an earlier version kept is used as it was, and nothing else of what it kept is lost", () => {
  const { agent: _, ...before } = { ...NO_FILTER, errorsOnly: true };
  const target = { harness: "codex", sessionId: "s", title: "", origin: "auto" };
  const position = { index: 3, offset: 0, atEnd: false };
  const kept = { version: 1, target, position, open: [], filter: before };
  expect(isPageState(kept)).toBe(true);
  expect(isPageState({ ...kept, filter: { ...before, agent: 7 } })).toBe(false);
  const [filters] = filtersOf(new Helper([true]), () => 1, before);
  expect(filters.choice).toEqual({ ...NO_FILTER, errorsOnly: true });
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

test("of a record with several events only those are shown that every condition lets pass", async () => {
  const call = (callId: string, name: string, path: string) =>
    ({ callId, name, target: path, action: "edit", paths: [path] }) as const;
  const records = [
    record(0, [
      event({ kind: "thinking", field: 0 }),
      event({ kind: "reply", field: 1 }),
      event({ kind: "toolCall", field: 2, tool: call("1", "Edit", "a.py"), partner: 1 }),
      event({ kind: "toolCall", field: 3, tool: call("2", "Bash", "b.py"), partner: 1 }),
    ]),
    record(1, [
      event({ kind: "toolResult", field: 0, tool: call("1", "", ""), partner: 0, isError: true }),
      event({ kind: "toolResult", field: 1, tool: call("2", "", ""), partner: 0 }),
    ]),
  ];
  const [filters] = filtersOf(new Helper([true, true]), () => 2, undefined, records);
  const shown = (change: Partial<FilterChoice>) => {
    filters.choose({ ...NO_FILTER, ...change });
    return records.map((each) =>
      filters
        .seen(each)
        .events.map(({ field }) => field)
        .join(""),
    );
  };
  expect(shown({})).toEqual(["0123", "01"]);
  expect(shown({ hiddenKinds: ["thinking", "toolCall", "toolResult"] })[0]).toBe("1");
  expect(shown({ tools: ["Bash"] }), "a result is of its call's tool").toEqual(["3", "1"]);
  expect(shown({ path: "a.py" })).toEqual(["2", "0"]);
  expect(shown({ path: "a.py", hiddenKinds: ["toolCall"] })[1]).toBe("0");
  expect(shown({ errorsOnly: true })[1]).toBe("0");
});

test("of one sub-agent its own call and result are shown, and all of each record inside the session", async () => {
  const call = (callId: string) => ({ callId, name: "Task", target: "", action: "agent", paths: [] }) as const;
  const records = [
    record(0, [
      event({ kind: "reply", field: 0 }),
      event({ kind: "subAgent", field: 1, tool: call("1") }),
      event({ kind: "subAgent", field: 2, tool: call("2") }),
    ]),
    {
      ...record(1, [event({ kind: "reply", field: 0 }), event({ kind: "toolCall", field: 1, tool: call("3") })]),
      isSidechain: true,
    },
  ];
  const [filters] = filtersOf(new Helper([true, true]), () => 2, undefined, records);
  filters.choose({ agent: "2" });
  expect(filters.isActive).toBe(true);
  const fields = records.map((each) => filters.seen(each).events.map(({ field }) => field));
  expect(fields).toEqual([[2], [0, 1]]);
});

test("a result whose call isn't in memory is shown until it is known whose it is", () => {
  const mine = { callId: "1", name: "Edit", target: "", action: "edit", paths: ["a.py"] } as const;
  const result = (field: number, callId: string) =>
    event({ kind: "toolResult", field, partner: 0, tool: { ...mine, callId, name: "", paths: [] } });
  const records: ReplayRecord[] = [];
  const [filters] = filtersOf(new Helper([true, true]), () => 2, undefined, records);
  const answers = record(1, [result(0, "1"), result(1, "2")]);
  filters.choose({ path: "a.py" });
  expect(filters.seen(answers).events).toHaveLength(2);
  records[0] = record(0, [
    event({ kind: "toolCall", field: 0, tool: mine, partner: 1 }),
    event({ kind: "toolCall", field: 1, tool: { ...mine, callId: "2", paths: ["b.py"] }, partner: 1 }),
  ]);
  expect(filters.seen(answers).events.map(({ field }) => field)).toEqual([0]);
});

test("a record's standing among those that are shown is told, however many there are", async () => {
  const roll = dice(3);
  const shown = Array.from({ length: 5000 }, () => roll() < 0.4);
  const [filters] = filtersOf(new Helper(shown, 100), () => shown.length);
  filters.sessionAt("1", "a");
  expect(filters.standingAt(7)).toEqual({ position: 8, count: 5000 });
  filters.choose({ errorsOnly: true });
  await vi.waitFor(() => expect(filters.isComplete).toBe(true));
  const count = shown.filter(Boolean).length;
  for (const index of [0, 1023, 1024, 3333, 4999]) {
    expect(filters.standingAt(index)).toEqual({ position: shown.slice(0, index).filter(Boolean).length + 1, count });
  }
});
