import { expect, test } from "vitest";
import { Folds } from "../../../extension/src/page/store/folds";
import { Nests } from "../../../extension/src/page/store/nests";
import type { ReplayRecord } from "../../../extension/src/protocol/messages";
import { record } from "./records";

const nested = (index: number): ReplayRecord => ({ ...record(index), isSidechain: true });
/** A prompt, a sub-agent of four records, one of them empty, and a reply. */
const RECORDS: readonly ReplayRecord[] = [
  ...[record(0), nested(1), { ...record(2, []), isSidechain: true }, nested(3), nested(4), record(5)],
];

function nestsOver(known: readonly (ReplayRecord | undefined)[], isOfSubAgent = false) {
  const hidden = new Set<number>();
  const filter = { isOn: false };
  const nests: Nests = new Nests({
    folds: new Folds([]),
    layout: { unhide: (index) => hidden.delete(index) },
    record: (index) => known[index],
    recordCount: () => known.length,
    isOfSubAgent: () => isOfSubAgent,
    isFiltered: () => filter.isOn,
    place: (each) => (nests.isFolded(each) ? hidden.add(each.index) : hidden.delete(each.index)),
    onChange: () => undefined,
  });
  return { nests, hidden, filter };
}

test("of a sub-agent only the first record is shown until it is opened", () => {
  const { nests } = nestsOver(RECORDS);
  expect(RECORDS.filter((each) => nests.isFolded(each)).map((each) => each.index)).toEqual([2, 3, 4]);
  nests.toggle(1);
  expect(RECORDS.filter((each) => nests.isFolded(each))).toEqual([]);
});

test("opening and folding gives its records their room and takes it, and no others'", () => {
  const { nests, hidden } = nestsOver(RECORDS);
  nests.placeAfter(1);
  expect([...hidden].sort()).toEqual([2, 3, 4]);
  nests.toggle(1);
  expect(hidden.size).toBe(0);
});

test("going to one of its records opens it", () => {
  const { nests } = nestsOver(RECORDS);
  nests.reveal(4);
  expect(nests.isOpen(1)).toBe(true);
  nests.reveal(4);
  expect(nests.isOpen(1)).toBe(true);
});

test("while a filter is on, no fold keeps from sight what passes it; afterwards each is as it was", () => {
  const known: (ReplayRecord | undefined)[] = [...RECORDS];
  const { nests, hidden, filter } = nestsOver(known);
  for (const each of RECORDS) {
    nests.note(each);
  }
  nests.placeAfter(1);
  expect(nests.isHead(nested(1))).toBe(true);
  known[4] = undefined;
  filter.isOn = true;
  nests.filterChanged();
  expect([hidden.size, nests.isHead(nested(1))], "also of what is in memory no more").toEqual([0, false]);
  known[4] = nested(4);
  filter.isOn = false;
  nests.filterChanged();
  expect([...hidden].sort()).toEqual([2, 3, 4]);
});

test("it tells how many records it has, and how long it took", () => {
  expect(nestsOver(RECORDS).nests.sizeOf(1)).toEqual({ records: 3, tookMs: 3000 });
});

test("nothing is folded whose beginning isn't in memory, nor in a sub-agent's own session", () => {
  const { nests } = nestsOver([undefined, ...RECORDS.slice(1)]);
  expect(nests.isFolded(nested(4))).toBe(false);
  expect(nestsOver(RECORDS, true).nests.isFolded(nested(4))).toBe(false);
});
