/** The agent's work between a prompt and the reply to it, folded to one line, where the reader wants it that way. */

import type { WorkGroup } from "../../protocol/messages";
import type { Density } from "../../shared/messages";
import type { Bridge } from "../bridge";
import type { FeedLayout } from "../list/feedLayout";
import type { Folds } from "./folds";
import { PagedList } from "./pagedList";

/** The field of the line that stands for a group: before those of its first record. */
export const HEAD_FIELD = -1;
/** Of a session with more groups the later ones stay as they are. */
const MOST_GROUPS = 100_000;

export interface WorkDeps {
  readonly bridge: Pick<Bridge, "request">;
  readonly folds: Folds;
  readonly layout: Pick<FeedLayout, "anchor" | "holdRow" | "visible">;
  readonly isLive: () => boolean;
  /** A filter is on: it shows single records, wherever they are. */
  readonly isFiltered: () => boolean;
  /** The record that is being played. */
  readonly playhead: () => number | undefined;
  /** Hides and shows records anew from one on. */
  readonly apply: (first: number) => void;
  readonly onChange: () => void;
}

export class Work {
  #density: Density;
  readonly #list: PagedList<WorkGroup>;
  #groups: readonly WorkGroup[] = [];
  /** By record, whether it is under a closed fold; the first of a group never is, as it makes room for the line. */
  #folded = new Uint8Array(0);
  #state = "";
  #era = "";
  /** Groups that nobody opened by hand, and whether they were in sight: once they are no more, they are folded again. */
  readonly #leftOpen = new Map<number, boolean>();
  /** Where the reader went before it was known what is there. */
  readonly #due = new Set<number>();
  /** The last group of a live session, opened as such. */
  #newest: number | undefined;

  constructor(
    private readonly deps: WorkDeps,
    density: Density,
  ) {
    this.#density = density;
    this.#list = new PagedList({
      request: async (start) => {
        const { groups, groupCount, isComplete } = await deps.bridge.request("work", { start });
        return { items: groups, total: groupCount, isComplete };
      },
      // The last group goes on.
      staying: (known) => Math.max(0, known - 1),
      onChange: () => this.#told(),
      mostEntries: MOST_GROUPS,
    });
  }

  get density(): Density {
    return this.#density;
  }

  choose(density: Density): void {
    this.#density = density;
    this.#newest = undefined;
    if (density === "compact") {
      this.#list.want(this.#state, this.#era);
      this.#openNewest();
      this.playAt(this.deps.playhead());
      const { anchor } = this.deps.layout;
      const group = anchor.kind === "row" ? this.closedAt(anchor.index) : undefined;
      if (group !== undefined) {
        this.deps.layout.holdRow(group.first);
      }
    }
    this.#fold(0);
    this.deps.onChange();
  }

  /** The session is in this state now; in another era its records stand elsewhere, or are others. */
  sessionAt(state: string, era: string): void {
    this.#state = state;
    this.#era = era;
    if (this.#density === "compact") {
      this.#list.want(state, era);
    }
  }

  /** The group that a record belongs to, where groups have lines of their own. */
  groupAt(index: number): WorkGroup | undefined {
    if (this.#density !== "compact" || this.deps.isFiltered()) {
      return undefined;
    }
    let [low, high] = [0, this.#groups.length];
    while (low < high) {
      const middle = (low + high) >> 1;
      if ((this.#groups[middle]?.first ?? 0) <= index) {
        low = middle + 1;
      } else {
        high = middle;
      }
    }
    const group = this.#groups[low - 1];
    return group !== undefined && index <= group.last ? group : undefined;
  }

  /** The group that begins with a record. */
  groupOf(first: number): WorkGroup | undefined {
    const group = this.groupAt(first);
    return group?.first === first ? group : undefined;
  }

  isOpen({ first }: WorkGroup): boolean {
    return this.deps.folds.isOpen(keyOf(first));
  }

  /** The group that a record is folded into. */
  closedAt(index: number): WorkGroup | undefined {
    const group = this.groupAt(index);
    return group !== undefined && !this.isOpen(group) ? group : undefined;
  }

  /** Whether a record takes no room. */
  isFolded(index: number): boolean {
    return this.#folded[index] === 1 && this.#density === "compact" && !this.deps.isFiltered();
  }

  /** The reader opens or folds a group, which then stays so. */
  toggle(group: WorkGroup): void {
    this.#leftOpen.delete(group.first);
    this.#turn(group);
  }

  /** Opens what a record is folded into, for as long as it is in sight. */
  reveal(index: number): void {
    if (this.#density === "compact" && !this.#list.isComplete) {
      this.#due.add(index);
    }
    const left = this.groupAt(index)?.first;
    if (left !== undefined && this.#leftOpen.has(left)) {
      // It may be out of sight, but won't be for long.
      this.#leftOpen.set(left, false);
    }
    this.#reveal(index, false);
  }

  /** Opens what is played, for as long as it is. */
  playAt(index: number | undefined): void {
    if (index !== undefined) {
      this.#reveal(index, true);
    }
  }

  /** Other content: what was known of the old one means nothing. */
  clear(): void {
    this.#groups = [];
    this.#leftOpen.clear();
    this.#newest = undefined;
    this.#folded.fill(0);
  }

  /** Folds what was left open and is out of sight. */
  tidy(): void {
    if (this.#leftOpen.size === 0) {
      return;
    }
    const visible = this.deps.layout.visible();
    const playhead = this.deps.playhead();
    for (const [first, wasSeen] of [...this.#leftOpen]) {
      const group = this.groupOf(first);
      if (group === undefined) {
        continue;
      }
      const isIn = (index: number): boolean => index >= first && index <= group.last;
      if (visible.some(isIn)) {
        this.#leftOpen.set(first, true);
      } else if (wasSeen && !this.#isGoingOn(group) && (playhead === undefined || !isIn(playhead))) {
        this.#leftOpen.delete(first);
        if (this.isOpen(group)) {
          this.#turn(group);
        }
      }
    }
  }

  /** Whether the agent may still be at it. */
  #isGoingOn({ first }: WorkGroup): boolean {
    return first === this.#newest && this.deps.isLive();
  }

  #reveal(index: number, wasSeen: boolean): void {
    const group = this.closedAt(index);
    if (group !== undefined) {
      this.#leftOpen.set(group.first, wasSeen);
      this.#turn(group);
    }
  }

  #turn(group: WorkGroup): void {
    this.deps.folds.toggle(keyOf(group.first));
    this.#folded.fill(this.isOpen(group) ? 0 : 1, group.first + 1, group.last + 1);
    this.deps.apply(group.first);
    this.deps.onChange();
  }

  /** More groups are known, or the last one grew. */
  #told(): void {
    const { items } = this.#list;
    if (items !== this.#groups) {
      const same = sharedLength(this.#groups, items);
      const first = Math.min(this.#groups[same]?.first ?? Infinity, items[same]?.first ?? Infinity);
      this.#groups = items;
      for (const index of [...this.#due]) {
        if (this.groupAt(index) !== undefined) {
          this.#due.delete(index);
          this.#reveal(index, false);
        }
      }
      this.#openNewest();
      this.playAt(this.deps.playhead());
      if (first !== Infinity) {
        this.#fold(first);
      }
      this.tidy();
    }
    if (this.#list.isComplete) {
      this.#due.clear();
    }
    if (this.#density === "compact") {
      this.#list.want(this.#state, this.#era);
    }
    this.deps.onChange();
  }

  /** Of a live session it is seen how the work goes on, unless the reader folds it. */
  #openNewest(): void {
    const newest = this.#list.isComplete && this.deps.isLive() ? this.#groups.at(-1) : undefined;
    if (newest !== undefined && newest.first !== this.#newest) {
      this.#newest = newest.first;
      this.#reveal(newest.first, true);
    }
  }

  /** Says anew what is under a closed fold, from a record on. */
  #fold(first: number): void {
    const end = (this.#groups.at(-1)?.last ?? -1) + 1;
    if (end > this.#folded.length) {
      const grown = new Uint8Array(Math.max(end, this.#folded.length * 2));
      grown.set(this.#folded);
      this.#folded = grown;
    }
    this.#folded.fill(0, first);
    for (let number = this.#groups.length - 1; number >= 0; number -= 1) {
      const group = this.#groups[number];
      if (group === undefined || group.last < first) {
        break;
      }
      if (!this.isOpen(group)) {
        this.#folded.fill(1, group.first + 1, group.last + 1);
      }
    }
    this.deps.apply(first);
  }
}

function keyOf(first: number): string {
  return `work:${first}`;
}

/** How many groups two lists begin with alike. */
function sharedLength(some: readonly WorkGroup[], others: readonly WorkGroup[]): number {
  let length = 0;
  while (length < some.length && some[length] === others[length]) {
    length += 1;
  }
  return length;
}
