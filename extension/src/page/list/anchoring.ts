/** Where the view is held. A position is a record and a distance, never a scroll offset: heights change, records don't. */

import type { RowHeights } from "./rowHeights";

export type Anchor =
  /** Stays at the end, whatever comes. */
  | { readonly kind: "end" }
  /** `offset`: pixels from the record's upper edge to the view's, negative when it begins below. */
  | { readonly kind: "row"; readonly index: number; readonly offset: number };

export interface View {
  readonly top: number;
  readonly height: number;
  /** Of everything that can be scrolled, what follows the rows included. */
  readonly contentHeight: number;
}

/** Nearer to the end than this counts as being there. */
export const END_SLACK = 24;

export const TOP: Anchor = { kind: "row", index: 0, offset: 0 };

export function isAtEnd(view: View): boolean {
  return view.contentHeight - view.top - view.height <= END_SLACK;
}

/** The first record in view that can be read; one still loading holds nothing that the eye could rest on. */
export function anchorFor(view: View, heights: RowHeights, isReadable: (index: number) => boolean): Anchor {
  if (isAtEnd(view) && view.top > 0) {
    return { kind: "end" };
  }
  const first = heights.at(view.top);
  const last = heights.at(view.top + view.height);
  for (let index = first; index <= last; index = heights.next(index)) {
    if (heights.height(index) > 0 && isReadable(index)) {
      return { kind: "row", index, offset: view.top - heights.offset(index) };
    }
  }
  return { kind: "row", index: first, offset: view.top - heights.offset(first) };
}

/** The scroll offset that keeps an anchor where it was. */
export function topFor(anchor: Anchor, heights: RowHeights, view: Omit<View, "top">): number {
  const max = Math.max(0, view.contentHeight - view.height);
  if (anchor.kind === "end") {
    return max;
  }
  const index = Math.min(anchor.index, Math.max(0, heights.count - 1));
  // A row that shrank to less than what was scrolled past shows its head.
  const offset = anchor.offset > heights.height(index) ? 0 : anchor.offset;
  return Math.min(max, Math.max(0, heights.offset(index) + offset));
}

/** How far to scroll so that `[start, end)` is seen: as little as needed, its beginning first when it is too tall. */
export function scrollToReveal(start: number, end: number, viewHeight: number, margin: number): number {
  if (start < margin) {
    return start - margin;
  }
  if (end > viewHeight - margin) {
    return Math.min(end - viewHeight + margin, start - margin);
  }
  return 0;
}
