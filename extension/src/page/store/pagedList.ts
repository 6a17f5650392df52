/** A list that the helper tells page by page, kept whole up to a bound, and read anew while the session grows. */

const INTERVAL_MS = 2000;
/** Of all time, the share that reading a long list of a growing session may take. */
const MAX_SHARE = 0.1;
/** The most entries that are kept: more than anybody looks through, and still few megabytes. */
export const MAX_ENTRIES = 20_000;

export interface ListPage<T> {
  readonly items: readonly T[];
  /** How many there are in all. */
  readonly total: number;
  readonly isComplete: boolean;
}

export interface PagedListDeps<T> {
  readonly request: (start: number) => Promise<ListPage<T>>;
  /** Of so many known entries, how many stay as they are while the session grows. */
  readonly staying: (known: number) => number;
  readonly onChange: () => void;
  /** Other than `MAX_ENTRIES`. */
  readonly mostEntries?: number;
}

export class PagedList<T> {
  #items: readonly T[] = [];
  #total = 0;
  #isComplete = false;
  #isKnown = false;
  /** Of what state of the session the list is, or was asked for. */
  #of = "";
  #era = "";
  #isAsking = false;
  #timer: ReturnType<typeof setTimeout> | undefined;

  constructor(private readonly deps: PagedListDeps<T>) {}

  /** As far as they were told. Another array whenever one of them changed. */
  get items(): readonly T[] {
    return this.#items;
  }

  /** How many there are, told or not. */
  get total(): number {
    return this.#total;
  }

  /** Whether all of the session was looked at for it. */
  get isComplete(): boolean {
    return this.#isComplete;
  }

  /** Whether anything was told yet. */
  get isKnown(): boolean {
    return this.#isKnown;
  }

  /** The session is in this state now; in another era nothing of the list stays. */
  want(state: string, era: string): void {
    if (era !== this.#era) {
      this.#era = era;
      this.#items = [];
      this.#of = "";
      this.#isKnown = false;
    }
    if (state !== this.#of && !this.#isAsking && this.#timer === undefined) {
      this.#of = state;
      void this.#read();
    }
  }

  async #read(): Promise<void> {
    this.#isAsking = true;
    const era = this.#era;
    const began = performance.now();
    try {
      const read = this.#items.slice(0, this.deps.staying(this.#items.length));
      let goesOn = true;
      while (goesOn) {
        const page = await this.deps.request(read.length);
        if (era !== this.#era) {
          break;
        }
        read.push(...page.items);
        goesOn = page.items.length > 0 && read.length < Math.min(page.total, this.deps.mostEntries ?? MAX_ENTRIES);
        this.#isKnown = true;
        this.#total = page.total;
        this.#isComplete = page.isComplete;
        if (!goesOn || read.length > this.#items.length) {
          this.#items = [...read];
          this.deps.onChange();
        }
      }
    } catch {
      // The list stays as it was; the session's next change asks again.
    }
    this.#isAsking = false;
    this.#timer = setTimeout(
      () => {
        this.#timer = undefined;
        this.deps.onChange();
      },
      era === this.#era ? Math.max(INTERVAL_MS, (performance.now() - began) / MAX_SHARE) : 0,
    );
  }
}
