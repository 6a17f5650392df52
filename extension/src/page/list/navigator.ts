/** Carries out the keys: moves the focus from event to event and the view with it. */

import type { Command } from "../keys/table";
import { type EventPlace, foldKey } from "../store/eventPlace";
import type { Wanted } from "../store/jumps";
import { placesAt } from "../store/placesAt";
import type { ReplayStore } from "../store/replayStore";
import { scrollToReveal, TOP } from "./anchoring";
import { lookFor } from "./lookingFor";

/** Between an event moved to and the edge of the view, in pixels. */
const MARGIN = 12;
/** How much of the view one step through a long event scrolls. */
const STEP_SHARE = 0.7;
/** Of the last page that stays in sight. */
const PAGE_OVERLAP = 56;

interface Destination {
  readonly index: number;
  /** `edge`: the record's first event going forward, its last going back. */
  readonly field: number | "edge";
  readonly direction: 1 | -1;
  readonly reveal: boolean;
}

export function eventSelector(place: EventPlace): string {
  return `[data-event="${foldKey(place)}"]`;
}

function lastOf(selector: string): HTMLElement | undefined {
  return [...document.querySelectorAll<HTMLElement>(selector)].at(-1);
}

export class Navigator {
  /** Where the focus goes as soon as that event is loaded and drawn. */
  #destination: Destination | undefined;
  /** What had the focus when the reader asked to go there. */
  #askedFrom: Element | null = null;
  #search: AbortController | undefined;
  #focusWasInside = false;

  constructor(
    private readonly store: ReplayStore,
    private readonly scroller: HTMLElement,
  ) {}

  run(command: Command): void {
    this.stopSearch();
    this.#askedFrom = document.activeElement;
    const { layout } = this.store;
    const page = this.scroller.clientHeight - PAGE_OVERLAP;
    switch (command) {
      case "nextEvent":
        this.#step(1);
        break;
      case "previousEvent":
        this.#step(-1);
        break;
      case "forward":
      case "back":
        this.#read(command === "forward" ? 1 : -1);
        break;
      case "pageDown":
      case "pageUp":
        this.#page(command === "pageDown" ? 1 : -1, page);
        break;
      case "beforeFeed":
        lastOf("header button")?.focus();
        break;
      case "afterFeed":
        document.querySelector<HTMLElement>(".panel button, .transport button")?.focus();
        break;
      case "start":
        this.#destination = { index: 0, field: "edge", direction: 1, reveal: false };
        layout.hold(TOP);
        break;
      case "end":
        this.#destination = { index: this.store.recordCount - 1, field: "edge", direction: -1, reveal: false };
        layout.hold({ kind: "end" });
        break;
      case "toggle":
        this.#currentElement()?.querySelector<HTMLElement>("[data-fold]")?.click();
        break;
      case "menu":
        this.#currentElement()?.querySelector<HTMLElement>("[data-menu]")?.click();
        break;
      case "nextPrompt":
      case "previousPrompt":
        void this.#goToNext("prompt", command === "nextPrompt" ? 1 : -1);
        break;
      case "nextTurn":
      case "previousTurn":
        void this.#goToNext("turn", command === "nextTurn" ? 1 : -1);
        break;
      case "nextError":
      case "previousError":
        void this.#goToNext("error", command === "nextError" ? 1 : -1);
        break;
      case "nextEdit":
      case "previousEdit":
        void this.#goToNext("edit", command === "nextEdit" ? 1 : -1);
        break;
    }
  }

  /** To a record that the reader chose elsewhere. */
  goToRecord(index: number): void {
    this.stopSearch();
    this.#askedFrom = document.activeElement;
    const { player } = this.store.playback;
    if (player.isPlaying) {
      player.goTo(index);
      return;
    }
    this.#destination = { index, field: "edge", direction: 1, reveal: false };
    this.store.layout.hold({ kind: "row", index, offset: -MARGIN });
  }

  /** Back to where the focus was in the list, or to the list itself. */
  takeFocus(): void {
    (this.#currentElement() ?? this.scroller).focus({ preventScroll: true });
  }

  stopSearch(): void {
    this.#search?.abort();
    this.#search = undefined;
    this.store.notices.show("");
  }

  /** The reader put the focus somewhere in the list. */
  focused(target: Element): void {
    this.#focusWasInside = true;
    if (target.closest("article") !== null) {
      // The reader chose another event: one that is loaded only later must not take the focus from it.
      this.#destination = undefined;
    }
    const [index, field] = (target.closest<HTMLElement>("[data-event]")?.dataset["event"] ?? "").split(":").map(Number);
    const { current } = this.store;
    if (index !== undefined && field !== undefined && (current?.index !== index || current.field !== field)) {
      this.store.current = { index, field };
      this.store.changed();
    }
  }

  blurred(movedTo: EventTarget | null): void {
    // Without a new holder of the focus its element was only drawn anew, or the window is left.
    this.#focusWasInside = movedTo === null;
    if (movedTo instanceof Node && !this.scroller.contains(movedTo)) {
      // The reader went on elsewhere: an event that is loaded only later must not take the focus from there.
      this.#destination = undefined;
    }
  }

  /** To be called when rows were drawn: brings the focus where it is due. */
  afterDraw(): void {
    if (this.#destination !== undefined) {
      this.#arrive(this.#destination);
    } else {
      this.#keepFocus();
    }
  }

  #arrive(destination: Destination): void {
    const { layout, reading } = this.store;
    const { direction, field } = destination;
    const isStep = destination.reveal && field === "edge";
    const isPassed = (at: number): boolean => layout.isHidden(at) && (isStep || !reading.answers.isAway(at));
    let { index } = destination;
    while (index >= 0 && index < this.store.recordCount && isPassed(index)) {
      index += direction;
    }
    if (index < 0 || index >= this.store.recordCount) {
      this.#destination = undefined;
      return;
    }
    const places = placesAt(this.store, index);
    const edge = places.at(direction === 1 ? 0 : -1) ?? { index, field: 0 };
    const place = places.find((each) => each.index === index && each.field === field) ?? edge;
    const element = this.scroller.querySelector<HTMLElement>(eventSelector(place));
    if (element === null) {
      this.#destination = { ...destination, index };
      if (destination.reveal && !layout.visible().includes(reading.answers.rowOf(index))) {
        layout.hold({ kind: "row", index, offset: -MARGIN });
      }
      return;
    }
    this.#destination = undefined;
    this.store.current = place;
    if (this.#mayTakeFocus()) {
      element.focus({ preventScroll: true });
    }
    if (destination.reveal) {
      const frame = this.scroller.getBoundingClientRect();
      const box = element.getBoundingClientRect();
      layout.scrollBy(scrollToReveal(box.top - frame.top, box.bottom - frame.top, frame.height, MARGIN));
    }
    this.store.changed();
  }

  /** Events are loaded late: who went on to somewhere else meanwhile, in the page or in the editor, is left there. */
  #mayTakeFocus(): boolean {
    const { activeElement } = document;
    const isFree = activeElement === null || activeElement === document.body || activeElement === this.#askedFrom;
    return document.hasFocus() && (isFree || this.scroller.contains(activeElement));
  }

  /** A row that is scrolled away takes its focus with it: the list keeps it, and gives it back. */
  #keepFocus(): void {
    const { activeElement } = document;
    // The editor has it, for its palette perhaps: that is not to be taken away.
    if (!document.hasFocus()) {
      return;
    }
    if (!this.#focusWasInside || (activeElement !== document.body && activeElement !== this.scroller)) {
      return;
    }
    (this.#currentElement() ?? this.scroller).focus({ preventScroll: true });
  }

  #currentElement(): HTMLElement | null {
    const { current } = this.store;
    return current === null ? null : this.scroller.querySelector<HTMLElement>(eventSelector(current));
  }

  /** The event that the reader is at: the one moved to while it is in sight, else none. */
  #placeInSight(): EventPlace | undefined {
    const { current } = this.store;
    const { layout, reading } = this.store;
    return current !== null && layout.visible().includes(reading.answers.rowOf(current.index)) ? current : undefined;
  }

  #step(direction: 1 | -1): void {
    const from = this.#placeInSight();
    if (from === undefined) {
      const visible = this.store.layout.visible();
      const index = direction === 1 ? visible[0] : visible.at(-1);
      this.#goTo({ index: index ?? 0, field: "edge", direction, reveal: true });
      return;
    }
    const row = this.store.reading.answers.rowOf(from.index);
    const places = placesAt(this.store, row);
    const at = places.findIndex(({ index, field }) => index === from.index && field === from.field);
    const place = places[at + direction] ?? { index: row + direction, field: "edge" as const };
    this.#goTo({ ...place, direction, reveal: true });
  }

  #goTo(destination: Destination): void {
    this.#destination = destination;
    this.store.changed();
  }

  /** From article to article, as in any feed, through one that is longer than the view by pages; else by pages. */
  #page(direction: 1 | -1, page: number): void {
    const { activeElement } = document;
    if (this.scroller.contains(activeElement) && activeElement?.closest("article") != null) {
      this.#read(direction, page);
    } else {
      this.store.layout.scrollBy(direction * page);
    }
  }

  /** To the next event, but through an event that reaches beyond the view first. */
  #read(direction: 1 | -1, step = this.scroller.clientHeight * STEP_SHARE): void {
    const element = this.#placeInSight() && this.#currentElement();
    if (!element) {
      this.#step(direction);
      return;
    }
    const frame = this.scroller.getBoundingClientRect();
    const box = element.getBoundingClientRect();
    const hidden = direction === 1 ? box.bottom - frame.bottom : frame.top - box.top;
    if (hidden > 1) {
      this.store.layout.scrollBy(direction * Math.min(hidden + MARGIN, step));
    } else {
      this.#step(direction);
    }
  }

  async #goToNext(wanted: Wanted, direction: 1 | -1): Promise<void> {
    const search = new AbortController();
    this.#search = search;
    const found = await lookFor(this.store, wanted, this.#searchFrom(direction), direction, search.signal);
    if (search.signal.aborted) {
      return;
    }
    this.#search = undefined;
    if ("message" in found) {
      this.store.notices.notify(found.message);
    } else {
      this.#show(found, direction);
    }
  }

  /** Where a search for another place begins. */
  #searchFrom(direction: 1 | -1): number {
    const { player } = this.store.playback;
    const at = player.isPlaying ? player.index : this.#placeInSight()?.index;
    return at === undefined ? (this.store.layout.visible()[0] ?? 0) : at + direction;
  }

  #show(place: EventPlace, direction: 1 | -1): void {
    const { store } = this;
    store.notices.show("");
    if (store.playback.player.isPlaying) {
      store.playback.player.goTo(place.index);
    } else {
      this.#destination = { ...place, direction, reveal: false };
      store.layout.hold({ kind: "row", index: place.index, offset: -MARGIN });
    }
  }
}
