/**
 * Heights of all rows, most of them estimated. A Fenwick tree keeps offset, look-up and change at O(log n), so that
 * half a million rows cost nothing to scroll.
 */

/** Browsers clamp elements at some 33 million pixels; estimates stay well below, and leave room for taller rows. */
const MAX_ESTIMATED_TOTAL = 16_000_000;
/** A list that grew has its rows estimated anew only when they come to so many times that: all sums are made anew then. */
const SLACK = 1.25;
const UNKNOWN = -1;

export function estimateFor(count: number, preferred: number): number {
  return count === 0 ? preferred : Math.max(1, Math.min(preferred, MAX_ESTIMATED_TOTAL / count));
}

export class RowHeights {
  /** What was measured, `UNKNOWN` where nothing was. */
  #measured = new Float64Array(0);
  #tree = new Float64Array(1);
  /** Rows that take no room, whatever their height is. */
  #hidden = new Uint8Array(0);
  #count = 0;
  #estimate: number;

  constructor(estimate: number) {
    this.#estimate = estimate;
  }

  get count(): number {
    return this.#count;
  }

  get total(): number {
    return this.offset(this.#count);
  }

  isMeasured(index: number): boolean {
    return index < this.#count && this.#measured[index] !== UNKNOWN;
  }

  /** Whether a row takes no room whatever its height is. */
  isHidden(index: number): boolean {
    return this.#hidden[index] === 1;
  }

  /** As if it weren't hidden. */
  measured(index: number): number {
    const measured = this.#measured[index] ?? 0;
    return measured === UNKNOWN ? this.#estimate : measured;
  }

  height(index: number): number {
    return this.#hidden[index] === 1 ? 0 : this.measured(index);
  }

  /** Adds rows at the end; the list never gets shorter. */
  grow(count: number): void {
    if (count <= this.#count) {
      return;
    }
    if (count > this.#measured.length) {
      const capacity = Math.max(count, this.#measured.length * 2, 256);
      const measured = new Float64Array(capacity);
      measured.set(this.#measured.subarray(0, this.#count));
      const tree = new Float64Array(capacity + 1);
      tree.set(this.#tree.subarray(0, this.#count + 1));
      const hidden = new Uint8Array(capacity);
      hidden.set(this.#hidden.subarray(0, this.#count));
      this.#measured = measured;
      this.#hidden = hidden;
      this.#tree = tree;
    }
    const before = this.#count;
    this.#measured.fill(UNKNOWN, before, count);
    this.#count = count;
    const estimate = estimateFor(count, this.#estimate);
    const isTooHigh = this.#estimate > SLACK * estimate;
    if (isTooHigh) {
      this.#estimate = estimate;
    }
    this.#sum(isTooHigh ? 0 : before);
  }

  /** Hides and shows all rows from one on at a stroke; their heights are kept for when they are shown again. */
  hideFrom(first: number, isHidden: (index: number) => boolean): void {
    for (let index = first; index < this.#count; index += 1) {
      this.#hidden[index] = isHidden(index) ? 1 : 0;
    }
    this.#sum(first);
  }

  /** Hides one row, or shows it again. */
  hide(index: number, isHidden: boolean): void {
    const before = this.height(index);
    this.#hidden[index] = isHidden ? 1 : 0;
    this.#add(index, this.height(index) - before);
  }

  /** Adds up the tree's nodes from a row on. */
  #sum(first: number): void {
    for (let index = first; index < this.#count; index += 1) {
      const node = index + 1;
      let sum = this.height(index);
      // A node's sum is its own row and those of its children, which end just before it.
      for (let child = index; child > node - (node & -node); child -= child & -child) {
        sum += this.#tree[child] ?? 0;
      }
      this.#tree[node] = sum;
    }
  }

  /** Returns whether anything changed. */
  set(index: number, height: number): boolean {
    const before = this.measured(index);
    this.#measured[index] = height;
    const delta = height - before;
    if (delta === 0 || this.isHidden(index)) {
      return false;
    }
    this.#add(index, delta);
    return true;
  }

  #add(index: number, delta: number): void {
    for (let node = index + 1; node <= this.#count; node += node & -node) {
      this.#tree[node] = (this.#tree[node] ?? 0) + delta;
    }
  }

  /** Where a row begins. */
  offset(index: number): number {
    let sum = 0;
    for (let node = Math.min(index, this.#count); node > 0; node -= node & -node) {
      sum += this.#tree[node] ?? 0;
    }
    return sum;
  }

  /** The next row with a height after one, `count` where there is none. */
  next(index: number): number {
    let next = index + 1;
    while (next < this.#count && this.height(next) === 0) {
      // Past all rows without height at once; by one where rounding keeps the sums from telling.
      next = Math.max(next + 1, this.at(this.offset(next)));
    }
    return next;
  }

  /** The row with a height before one, -1 where there is none. */
  previous(index: number): number {
    let previous = index - 1;
    while (previous >= 0 && this.height(previous) === 0) {
      previous = Math.min(previous - 1, this.at(this.offset(previous) - 0.5));
    }
    return previous;
  }

  /** The row at an offset: the last one that begins at or before it, past rows without height. */
  at(offset: number): number {
    if (this.#count === 0) {
      return 0;
    }
    let node = 0;
    let rest = offset;
    for (let step = 2 ** Math.floor(Math.log2(this.#count)); step >= 1; step /= 2) {
      const next = node + step;
      const sum = this.#tree[next] ?? 0;
      if (next <= this.#count && sum <= rest) {
        node = next;
        rest -= sum;
      }
    }
    return Math.min(node, this.#count - 1);
  }
}
