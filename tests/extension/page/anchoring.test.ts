import { expect, test } from "vitest";
import { anchorFor, isAtEnd, scrollToReveal, TOP, topFor } from "../../../extension/src/page/list/anchoring";
import { RowHeights } from "../../../extension/src/page/list/rowHeights";

function list(count: number): RowHeights {
  const heights = new RowHeights(50);
  heights.grow(count);
  return heights;
}

const all = (): boolean => true;

test("what is being read stays where it is when rows above turn out taller, shorter or empty", () => {
  const heights = list(100);
  const view = { top: 1020, height: 500, contentHeight: heights.total };
  const anchor = anchorFor(view, heights, all);
  const distance = heights.offset(25) - view.top;
  heights.set(3, 900);
  heights.set(4, 0);
  heights.set(5, 12.5);
  const top = topFor(anchor, heights, { height: 500, contentHeight: heights.total });
  expect(heights.offset(25) - top).toBe(distance);
});

test("what is being read stays where it is when the session grows", () => {
  const heights = list(100);
  const view = { top: 1020, height: 500, contentHeight: heights.total };
  const anchor = anchorFor(view, heights, all);
  heights.grow(5000);
  expect(topFor(anchor, heights, { height: 500, contentHeight: heights.total })).toBe(1020);
});

test("a row still loading holds nothing: the first that can be read does", () => {
  const heights = list(100);
  const view = { top: 1020, height: 500, contentHeight: heights.total };
  expect(anchorFor(view, heights, (index) => index >= 23)).toEqual({ kind: "row", index: 23, offset: -130 });
});

test("without anything to read the first row in view holds", () => {
  const heights = list(100);
  const view = { top: 1020, height: 500, contentHeight: heights.total };
  expect(anchorFor(view, heights, () => false)).toEqual({ kind: "row", index: 20, offset: 20 });
});

test("a reader at the end is held there while the session grows", () => {
  const heights = list(100);
  const anchor = anchorFor({ top: 4500, height: 500, contentHeight: heights.total }, heights, all);
  heights.grow(120);
  expect(anchor.kind).toBe("end");
  expect(topFor(anchor, heights, { height: 500, contentHeight: heights.total })).toBe(5500);
});

test("a session that fits the view is not held at its end", () => {
  const heights = list(3);
  expect(anchorFor({ top: 0, height: 500, contentHeight: 500 }, heights, all)).toEqual(TOP);
});

test("at the end means within a few pixels of it", () => {
  expect(isAtEnd({ top: 985, height: 500, contentHeight: 1500 })).toBe(true);
  expect(isAtEnd({ top: 900, height: 500, contentHeight: 1500 })).toBe(false);
});

test("a row folded to less than was scrolled past shows its head", () => {
  const heights = list(100);
  heights.set(10, 30);
  const top = topFor({ kind: "row", index: 10, offset: 700 }, heights, { height: 500, contentHeight: heights.total });
  expect(top).toBe(heights.offset(10));
});

test("a place beyond the content is its end, and one before it its beginning", () => {
  const heights = list(10);
  const extent = { height: 200, contentHeight: heights.total };
  expect(topFor({ kind: "row", index: 99, offset: 0 }, heights, extent)).toBe(300);
  expect(topFor({ kind: "row", index: 0, offset: -40 }, heights, extent)).toBe(0);
});

test("an event in sight isn't scrolled to", () => {
  expect(scrollToReveal(100, 200, 500, 12)).toBe(0);
});

test("an event above or below is scrolled to by as little as shows it whole", () => {
  expect(scrollToReveal(-30, 100, 500, 12)).toBe(-42);
  expect(scrollToReveal(450, 550, 500, 12)).toBe(62);
});

test("an event taller than the view shows its beginning", () => {
  expect(scrollToReveal(300, 2000, 500, 12)).toBe(288);
});
