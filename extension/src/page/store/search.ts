/** Searching the session: hits come in while the reader goes through them, from where the reader is, then from before. */

import type { ReplaySearchResult, SearchHit, SearchPlace } from "../../protocol/messages";
import type { SearchRequest } from "../../shared/messages";
import { RequestError } from "../../shared/rpc";
import { formatCount, plural } from "../format";
import { type EventPlace, hitsKey } from "./eventPlace";

/** More hits than anybody goes through; the count then says so. */
export const MAX_HITS = 20_000;
const TYPING_MS = 150;

export interface SearchDeps {
  readonly request: (request: SearchRequest) => Promise<ReplaySearchResult>;
  readonly filter: () => SearchRequest["filter"];
  /** Where the reader is. */
  readonly place: () => number;
  readonly say: (line: string) => void;
  readonly onChange: () => void;
}

export class Search {
  isOpen = false;
  /** The field is to get the focus. */
  isFocusDue = false;
  #query = "";
  #isRegex = false;
  #matchCase = false;
  #problem = "";
  #isScanning = false;
  /** Where the search began: hits before it come behind those after it. */
  #from = 0;
  #earlier: SearchHit[] = [];
  #later: SearchHit[] = [];
  readonly #byEvent = new Map<string, SearchHit[]>();
  #current: SearchHit | undefined;
  #ordinal = -1;
  #toReveal: SearchHit | undefined;
  #next: SearchPlace | undefined;
  #version = 0;
  #timer: ReturnType<typeof setTimeout> | undefined;
  #turn = 0;
  #unsearchedOutputs = 0;
  #state = "";
  #era = "";

  constructor(private readonly deps: SearchDeps) {}

  get query(): string {
    return this.#query;
  }

  get isRegex(): boolean {
    return this.#isRegex;
  }

  get matchCase(): boolean {
    return this.#matchCase;
  }

  get problem(): string {
    return this.#problem;
  }

  get isScanning(): boolean {
    return this.#isScanning;
  }

  get count(): number {
    return this.#earlier.length + this.#later.length;
  }

  /** The hit that the reader is at. */
  get current(): SearchHit | undefined {
    return this.#current;
  }

  /** The hit to be brought into sight; to be told when it is. */
  get toReveal(): SearchHit | undefined {
    return this.#toReveal;
  }

  /** Another number whenever there are other hits, or the reader is at another one. */
  get version(): number {
    return this.#version;
  }

  /** Outputs beside the session that the search left out. */
  get unsearchedOutputs(): number {
    return this.#unsearchedOutputs;
  }

  /** What there is to say, as in "3 of 128". */
  get status(): string {
    if (this.#query === "" || this.#problem !== "") {
      return this.#problem;
    }
    if (this.count === 0) {
      return this.#isScanning ? "Searching…" : "No hits";
    }
    const more = this.#isScanning ? "…" : this.count >= MAX_HITS ? "+" : "";
    const all = `${formatCount(this.count)}${more}`;
    return this.#ordinal < 0 ? plural(this.count, "hit", "hits") : `${formatCount(this.#position() + 1)} of ${all}`;
  }

  hitsIn(place: EventPlace, inOutput: boolean): readonly SearchHit[] {
    return (this.isOpen && this.#byEvent.get(hitsKey(place, inOutput))) || [];
  }

  open(): void {
    this.isOpen = true;
    this.isFocusDue = true;
    if (this.#query !== "" && this.count === 0) {
      this.#begin();
    }
    this.#changed();
  }

  close(): void {
    this.isOpen = false;
    this.#forget();
    this.#changed();
  }

  /** Begins in a moment, so that not every letter does. */
  type(query: string): void {
    this.#query = query;
    this.#forget();
    this.#timer = setTimeout(() => this.#begin(), TYPING_MS);
    this.#changed();
  }

  setRegex(isRegex: boolean): void {
    this.#isRegex = isRegex;
    this.#begin();
  }

  setMatchCase(matchCase: boolean): void {
    this.#matchCase = matchCase;
    this.#begin();
  }

  /** What is looked through is another: other filters, or other places. */
  again(): void {
    if (this.isOpen && this.#query !== "") {
      this.#begin();
    }
  }

  /** The session is in this state now; in another era its records stand elsewhere, or are others. */
  sessionAt(state: string, era: string): void {
    if (era !== this.#era) {
      this.#era = era;
      this.#state = state;
      this.again();
    } else if (state !== this.#state) {
      this.#state = state;
      if (this.isOpen && !this.#isScanning && this.#next !== undefined && this.count < MAX_HITS) {
        void this.#scan(this.#turn, this.#next);
      }
    }
  }

  /** To the next hit, or the one before; round and round. */
  go(direction: 1 | -1): void {
    const { count } = this;
    if (count === 0) {
      return;
    }
    const position = this.#ordinal < 0 ? (direction === 1 ? this.#earlier.length : 0) : this.#position() + direction;
    this.#select(this.#at((position + count) % count));
    this.deps.say(this.status);
  }

  revealed(): void {
    this.#toReveal = undefined;
  }

  #forget(): void {
    clearTimeout(this.#timer);
    this.#turn += 1;
    this.#isScanning = false;
    this.#problem = "";
    this.#earlier = [];
    this.#later = [];
    this.#byEvent.clear();
    this.#current = undefined;
    this.#ordinal = -1;
    this.#toReveal = undefined;
    this.#next = undefined;
    this.#unsearchedOutputs = 0;
  }

  #begin(): void {
    this.#forget();
    if (this.#query !== "") {
      this.#from = this.deps.place();
      void this.#scan(this.#turn, beginOf(this.#from), true);
    }
    this.#changed();
  }

  async #scan(turn: number, start: SearchPlace, isFirst = false): Promise<void> {
    this.#isScanning = true;
    try {
      this.#next = await this.#through(turn, start, Number.POSITIVE_INFINITY);
      if (isFirst && this.#from > 0) {
        await this.#through(turn, beginOf(0), this.#from);
      }
    } catch (error) {
      if (turn === this.#turn) {
        this.#problem = RequestError.problemOf(error).message;
      }
    }
    if (turn === this.#turn) {
      this.#isScanning = false;
      if (isFirst) {
        this.deps.say(this.#problem || (this.count === 0 ? "No hits" : this.status));
      }
      this.#changed();
    }
  }

  /** Collects hits before a record; answers where to go on when there is more. */
  async #through(turn: number, start: SearchPlace, end: number): Promise<SearchPlace | undefined> {
    const { deps } = this;
    let place = start;
    while (turn === this.#turn && this.count < MAX_HITS && place.index < end) {
      const asked = { query: this.#query, isRegex: this.#isRegex, matchCase: this.#matchCase };
      const result = await deps.request({ ...asked, start: place, filter: deps.filter() });
      if (turn !== this.#turn) {
        return undefined;
      }
      if (result.problem !== null) {
        this.#problem = result.problem;
        return undefined;
      }
      this.#take(result.hits.filter((hit) => hit.index < end));
      this.#unsearchedOutputs += result.unsearched.filter((index) => index < end).length;
      place = result.next;
      if (result.isComplete) {
        break;
      }
    }
    return place;
  }

  #take(hits: readonly SearchHit[]): void {
    for (const hit of hits) {
      (hit.index < this.#from ? this.#earlier : this.#later).push(hit);
      const key = hitsKey(hit, hit.inOutput);
      const known = this.#byEvent.get(key);
      if (known === undefined) {
        this.#byEvent.set(key, [hit]);
      } else {
        known.push(hit);
      }
    }
    const [first] = hits;
    if (first !== undefined && this.#current === undefined) {
      this.#select(first);
    }
    this.#changed();
  }

  #select(hit: SearchHit | undefined): void {
    this.#current = hit;
    this.#toReveal = hit;
    this.#ordinal = hit === undefined ? -1 : this.#listOf(hit).indexOf(hit);
    this.#changed();
  }

  #listOf(hit: SearchHit): readonly SearchHit[] {
    return hit.index < this.#from ? this.#earlier : this.#later;
  }

  /** Of the current hit among all. */
  #position(): number {
    const isLater = this.#current !== undefined && this.#current.index >= this.#from;
    return this.#ordinal + (isLater ? this.#earlier.length : 0);
  }

  #at(position: number): SearchHit | undefined {
    return this.#earlier[position] ?? this.#later[position - this.#earlier.length];
  }

  #changed(): void {
    this.#version += 1;
    this.deps.onChange();
  }
}

function beginOf(index: number): SearchPlace {
  return { index, field: 0, offset: 0, inOutput: false };
}
