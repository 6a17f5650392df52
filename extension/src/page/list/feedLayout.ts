/** The geometry of the list in its scrolling element: which rows are drawn, where, and where the view is held. */

import type { ReplayRecord } from "../../protocol/messages";
import { type Anchor, anchorFor, isAtEnd, TOP, topFor, type View } from "./anchoring";
import { rowsAround, rowsBetween } from "./drawnRows";
import { likelyHeight } from "./likelyHeight";
import { estimateFor, RowHeights } from "./rowHeights";

const PREFERRED_ROW_HEIGHT = 56;
/** Rows are drawn this far beyond the view, in pixels. */
const OVERSCAN = 700;
/** And only this far at first, at a place the view was put at from afar: what is seen there comes first. */
const FIRST_OVERSCAN = 80;

export interface FeedLayoutDeps {
  /** A record that was read; undefined for others. */
  readonly record: (index: number) => ReplayRecord | undefined;
  /** Before the view is put at a row: the reader is sent there. */
  readonly onHold: (index: number) => void;
  /** The row that a record is drawn in. */
  readonly rowOf: (index: number) => number;
  /** The reader scrolled by so many pixels. */
  readonly onScrolled: (distance: number) => void;
  /** Something is to be drawn anew. */
  readonly onChange: () => void;
}

export class FeedLayout {
  #heights = new RowHeights(PREFERRED_ROW_HEIGHT);
  #anchor: Anchor = TOP;
  #scroller: HTMLElement | undefined;
  /** Where we put the view last; any other offset is the reader's doing. */
  #writtenTop = 0;
  #drawn: readonly number[] = [];
  #overscan = FIRST_OVERSCAN;
  #isWidening = false;
  /** Where the list ends for now: its last row, and how far down that can be seen. */
  #limit: { readonly last: number; readonly extent: number } | undefined;
  readonly #indices = new WeakMap<Element, number>();
  readonly #observer = new ResizeObserver((entries) => this.#onResize(entries));

  constructor(private readonly deps: FeedLayoutDeps) {}

  get anchor(): Anchor {
    return this.#anchor;
  }

  get total(): number {
    return this.#limit?.extent ?? this.#heights.total;
  }

  attach(scroller: HTMLElement): () => void {
    this.#scroller = scroller;
    this.#observer.observe(scroller);
    const onScroll = (): void => this.#onScroll();
    scroller.addEventListener("scroll", onScroll, { passive: true });
    return () => {
      scroller.removeEventListener("scroll", onScroll);
      this.#observer.disconnect();
      this.#scroller = undefined;
    };
  }

  /** Begins a list of its own: other content, or the first there is. */
  restart(count: number, anchor: Anchor): void {
    this.#heights = new RowHeights(estimateFor(count, PREFERRED_ROW_HEIGHT));
    this.#heights.grow(count);
    this.#anchor = anchor;
    this.#overscan = FIRST_OVERSCAN;
  }

  grow(count: number): void {
    this.#heights.grow(count);
  }

  /** Ends the list at a row, `extent` pixels below its own beginning; what is in view stays where it is. */
  limit(last: number, extent: number): void {
    this.#limit = { last, extent };
    if (this.#anchor.kind === "end") {
      this.#anchor = this.#rowInView();
    }
  }

  unlimit(): void {
    this.#limit = undefined;
  }

  /** Puts the view at an offset, to stay there. Draws nothing anew: rows beyond the view are drawn ahead. */
  follow(top: number): void {
    if (this.#scroller !== undefined) {
      this.#scroller.scrollTop = top;
      this.#writtenTop = this.#scroller.scrollTop;
      this.#anchor = this.#rowInView();
    }
  }

  /** A record that shows nothing takes no space. */
  hide(index: number): void {
    this.#heights.set(index, 0);
  }

  /** A record that showed nothing, and does after lines were rearranged. */
  unhide(index: number): void {
    if (this.#heights.isMeasured(index) && this.#heights.measured(index) === 0) {
      this.#heights.set(index, PREFERRED_ROW_HEIGHT);
    }
  }

  /** Hides and shows records from one on, as a filter says; they keep their heights. */
  filterFrom(first: number, isShown: (index: number) => boolean): void {
    this.#heights.hideFrom(first, (index) => !isShown(index));
    this.deps.onChange();
  }

  /** Hides one record, which keeps its height, or shows it again. */
  mask(index: number, isHidden: boolean): void {
    this.#heights.hide(index, isHidden);
  }

  isHidden(index: number): boolean {
    return index < this.#heights.count && this.#heights.height(index) === 0;
  }

  /** Whether a record would take no space even if nothing hid it. */
  isEmpty(index: number): boolean {
    return index < this.#heights.count && this.#heights.measured(index) === 0;
  }

  /** The next record that takes space, the count of all where there is none. */
  next(index: number): number {
    return this.#heights.next(index);
  }

  offset(index: number): number {
    return this.#heights.offset(index);
  }

  height(index: number): number {
    return this.#heights.height(index);
  }

  /** The rows to draw, in order; between them are only rows without height. */
  rows(): readonly number[] {
    // Before the first layout the view is where the anchor wants it.
    const view = this.#view();
    const top = topFor(this.#anchor, this.#heights, this.#expectedExtent(view));
    const stretch = { from: top, to: top + view.height, last: this.#last, overscan: this.#overscan };
    const guess = (row: number): number | undefined => {
      const record = this.deps.record(row);
      return record && likelyHeight(record);
    };
    this.#drawn = rowsAround(this.#heights, { ...stretch, isHeldAtEnd: this.#anchor.kind === "end" }, guess);
    return this.#drawn;
  }

  /** The rows that can be seen. */
  visible(): readonly number[] {
    const view = this.#view();
    return rowsBetween(this.#heights, view.top, view.top + view.height, this.#last);
  }

  get atEnd(): boolean {
    return isAtEnd(this.#view());
  }

  /** Watches a row's height; give the same element again for another index when it is used anew. */
  observe(element: Element, index: number): () => void {
    this.#indices.set(element, index);
    this.#observer.observe(element, { box: "border-box" });
    return () => this.#observer.unobserve(element);
  }

  /** To be called when what was drawn is in the document: puts the view where it is held. */
  settle(): void {
    const scroller = this.#scroller;
    if (scroller === undefined) {
      return;
    }
    const top = topFor(this.#anchor, this.#heights, this.#view());
    if (Math.abs(top - scroller.scrollTop) >= 0.5) {
      scroller.scrollTop = top;
    }
    this.#writtenTop = scroller.scrollTop;
    this.#widen();
  }

  /** Moves the view as the reader would. */
  scrollBy(distance: number): void {
    if (this.#scroller !== undefined && distance !== 0) {
      this.#scroller.scrollTop += distance;
      this.#onScroll();
    }
  }

  hold(anchor: Anchor): void {
    if (anchor.kind === "row") {
      this.deps.onHold(anchor.index);
    }
    this.#anchor = anchor.kind === "row" ? { ...anchor, index: this.deps.rowOf(anchor.index) } : anchor;
    if (!this.#drawn.includes(this.#anchor.kind === "row" ? this.#anchor.index : this.#heights.count - 1)) {
      this.#overscan = FIRST_OVERSCAN;
    }
    this.deps.onChange();
  }

  /** Keeps one row where it is while it changes its height; one whose head is out of sight shows it when it shrinks. */
  holdRow(record: number): void {
    const index = this.deps.rowOf(record);
    this.#anchor = { kind: "row", index, offset: this.#view().top - this.#heights.offset(index) };
  }

  #view(): View {
    const scroller = this.#scroller;
    if (scroller === undefined) {
      return { top: 0, height: 0, contentHeight: 0 };
    }
    // A list that was ended for now has no end that the reader could be at.
    const contentHeight = this.#limit === undefined ? scroller.scrollHeight : Number.POSITIVE_INFINITY;
    return { top: scroller.scrollTop, height: scroller.clientHeight, contentHeight };
  }

  readonly #isReadable = (index: number): boolean => this.deps.record(index) !== undefined;

  #rowInView(): Anchor {
    return anchorFor({ ...this.#view(), contentHeight: Number.POSITIVE_INFINITY }, this.#heights, this.#isReadable);
  }

  /** The document may not have grown yet by what is about to be drawn. */
  #expectedExtent(view: View): Omit<View, "top"> {
    return { height: view.height, contentHeight: Math.max(view.height, this.#heights.total) };
  }

  /** Draws as far beyond the view as it should be, once what is in the view was painted and the next frame begins. */
  #widen(): void {
    if (this.#overscan === OVERSCAN || this.#isWidening) {
      return;
    }
    this.#isWidening = true;
    const widen = (): void => {
      this.#isWidening = false;
      this.#overscan = OVERSCAN;
      this.deps.onChange();
    };
    requestAnimationFrame(() => requestAnimationFrame(() => setTimeout(widen)));
  }

  get #last(): number {
    return Math.min(this.#heights.count - 1, this.#limit?.last ?? Number.POSITIVE_INFINITY);
  }

  #onScroll(): void {
    const view = this.#view();
    if (Math.abs(view.top - this.#writtenTop) < 1) {
      return;
    }
    const distance = view.top - this.#writtenTop;
    this.#writtenTop = view.top;
    this.#anchor = anchorFor(view, this.#heights, this.#isReadable);
    this.deps.onScrolled(distance);
    this.deps.onChange();
  }

  #onResize(entries: readonly ResizeObserverEntry[]): void {
    let changed = false;
    for (const entry of entries) {
      if (entry.target === this.#scroller) {
        changed = true;
        continue;
      }
      const index = this.#indices.get(entry.target);
      const height = entry.borderBoxSize[0]?.blockSize;
      if (index !== undefined && height !== undefined && entry.target.isConnected) {
        changed = this.#heights.set(index, height) || changed;
      }
    }
    if (changed) {
      this.deps.onChange();
    }
  }
}
