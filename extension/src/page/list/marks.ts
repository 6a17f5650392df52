/**
 * Marks hits where they are drawn, and brings the one that the reader goes to into sight: its record drawn, its fold
 * open, its text loaded that far. Highlights of the browser mark them, so that nothing of the document changes.
 */

import type { ReplayEvent, SearchHit } from "../../protocol/messages";
import { codePoints, formatCount } from "../format";
import { foldKey, outputKey, textKey } from "../store/eventPlace";
import type { ReplayStore } from "../store/replayStore";
import type { LoadedText } from "../store/textStore";
import { hitWords } from "../text/hitWords";
import { scrollToReveal } from "./anchoring";
import { eventSelector } from "./navigator";
import { OUTPUT, rangesOf } from "./textRanges";

const HITS = "search-hit";
const CURRENT = "search-current";
/** The bar lies above the upper end of the view. */
const MARGIN = 64;
/** Farther into a text the page doesn't load it for a hit. */
const MAX_REACH_CHARS = 2_000_000;

export class Marks {
  #isChanged = true;
  #drawnVersion = -1;
  readonly #observer = new MutationObserver(() => {
    this.#isChanged = true;
    this.#soon();
  });
  #frame: number | undefined;

  constructor(
    private readonly store: ReplayStore,
    private readonly scroller: HTMLElement,
  ) {
    this.#observer.observe(scroller, { childList: true, subtree: true, characterData: true });
  }

  stop(): void {
    this.#observer.disconnect();
    if (this.#frame !== undefined) {
      cancelAnimationFrame(this.#frame);
    }
    this.#draw([], undefined);
  }

  /** To be called when rows were drawn. */
  afterDraw(): void {
    const { search } = this.store.finding;
    const hit = search.toReveal;
    if (hit !== undefined && this.#isReady(hit)) {
      search.revealed();
      this.#mark();
      this.#show(hit);
    } else if (search.version !== this.#drawnVersion) {
      this.#soon();
    }
  }

  /** Text also comes in after rows were drawn. */
  #soon(): void {
    this.#frame ??= requestAnimationFrame(() => {
      this.#frame = undefined;
      this.#mark();
    });
  }

  #mark(): void {
    const { search } = this.store.finding;
    if (!this.#isChanged && search.version === this.#drawnVersion) {
      return;
    }
    this.#isChanged = false;
    this.#drawnVersion = search.version;
    const all: Range[] = [];
    let current: Range | undefined;
    if (search.isOpen && search.count > 0) {
      for (const element of this.scroller.querySelectorAll<HTMLElement>("[data-event]")) {
        for (const hits of this.#hitsOf(element)) {
          const ranges = hits.length === 0 ? [] : this.#ranges(element, hits);
          all.push(...ranges);
          const at = search.current === undefined ? -1 : hits.indexOf(search.current);
          if (at >= 0) {
            current = nth(ranges, at, hits.length);
          }
        }
      }
    }
    this.#draw(all, current);
  }

  #draw(all: readonly Range[], current: Range | undefined): void {
    // Absent in browsers that lack them: hits are then gone to, but not marked.
    if (typeof CSS === "undefined" || !("highlights" in CSS)) {
      return;
    }
    CSS.highlights.set(HITS, new Highlight(...all));
    const highlight = new Highlight(...(current === undefined ? [] : [current]));
    highlight.priority = 1;
    CSS.highlights.set(CURRENT, highlight);
  }

  /** In an event's text, and in its output beside the session. */
  #hitsOf(element: HTMLElement): readonly (readonly SearchHit[])[] {
    const [index = 0, field = 0] = (element.dataset["event"] ?? "").split(":").map(Number);
    const { search } = this.store.finding;
    return [search.hitsIn({ index, field }, false), search.hitsIn({ index, field }, true)];
  }

  #ranges(element: HTMLElement, hits: readonly SearchHit[]): readonly Range[] {
    const [first] = hits;
    const event = first && this.#eventOf(first);
    if (first === undefined || event === undefined) {
      return [];
    }
    if (first.inOutput) {
      const [output, loaded] = [element.querySelector(OUTPUT), this.#outputOf(event)];
      return output === null || loaded === undefined ? [] : rangesOf(output, hitWords(loaded.value, hits, false));
    }
    const text = this.store.texts.get(textKey(first))?.value ?? event.text.value;
    const root = element.querySelector(".fold-body") ?? element.querySelector(".event-main") ?? element;
    return rangesOf(root, hitWords(text, hits, event.format === "json"));
  }

  #eventOf(hit: SearchHit): ReplayEvent | undefined {
    return this.store.record(hit.index)?.events.find((event) => event.field === hit.field);
  }

  #outputOf({ attachment }: ReplayEvent): LoadedText | undefined {
    return attachment === null ? undefined : this.store.texts.get(outputKey(attachment));
  }

  /** Takes the next step towards a hit that can't be shown yet. */
  #isReady(hit: SearchHit): boolean {
    const { store, scroller } = this;
    const element = scroller.querySelector<HTMLElement>(eventSelector(hit));
    const event = this.#eventOf(hit);
    if (element === null || event === undefined) {
      const { anchor } = store.layout;
      const isFolded = store.reading.work.closedAt(hit.index) !== undefined;
      const row = store.reading.answers.rowOf(hit.index);
      if (anchor.kind !== "row" || anchor.index !== row || isFolded) {
        store.playback.player.pause();
        store.layout.hold({ kind: "row", index: hit.index, offset: -MARGIN });
      }
      return false;
    }
    if (element.querySelector("[data-fold]") !== null && !store.folds.isOpen(foldKey(hit))) {
      store.toggleFold(hit);
      return false;
    }
    return this.#isLoaded(hit, event) && this.#isWhole(hit, element);
  }

  /** Long bodies are drawn in part until they are asked for. */
  #isWhole(hit: SearchHit, element: HTMLElement): boolean {
    if (hit.inOutput) {
      return true;
    }
    const hits = this.store.finding.search.hitsIn(hit, false);
    const cut = element.querySelector<HTMLElement>("[data-show-all]");
    if (cut === null || this.#ranges(element, hits).length >= hits.length) {
      return true;
    }
    cut.click();
    this.store.changed();
    return false;
  }

  #isLoaded(hit: SearchHit, event: ReplayEvent): boolean {
    const loaded = hit.inOutput ? this.#outputOf(event) : this.store.texts.get(textKey(hit));
    const chars = loaded?.chars ?? (hit.inOutput ? 0 : codePoints(event.text.value));
    const total = loaded?.totalChars ?? (hit.inOutput ? Number.POSITIVE_INFINITY : event.text.totalChars);
    const end = hit.start + hit.length;
    if (hit.inOutput && loaded?.loading === true) {
      // How long it is isn't known before its beginning is here.
      return false;
    }
    if (end <= chars || chars >= total || (loaded?.error ?? "") !== "") {
      return true;
    }
    if (end > MAX_REACH_CHARS) {
      this.store.notices.notify(
        `This hit is ${formatCount(hit.start)} characters into a text: too far to be loaded for it`,
      );
      return true;
    }
    const { longTexts } = this.store.reading;
    if (loaded?.loading === true) {
      return false;
    }
    if (!hit.inOutput) {
      longTexts.moreText(hit, event.text);
    } else if (event.attachment !== null) {
      longTexts.moreOutput(hit, event.attachment);
    }
    return false;
  }

  #show(hit: SearchHit): void {
    const { layout } = this.store;
    const element = this.scroller.querySelector<HTMLElement>(eventSelector(hit));
    if (element === null) {
      return;
    }
    this.store.current = { index: hit.index, field: hit.field };
    const hits = this.store.finding.search.hitsIn(hit, hit.inOutput);
    const range = nth(this.#ranges(element, hits), hits.indexOf(hit), hits.length);
    scrollInside(range, this.scroller);
    const frame = this.scroller.getBoundingClientRect();
    const box = (range ?? element).getBoundingClientRect();
    layout.scrollBy(scrollToReveal(box.top - frame.top, box.bottom - frame.top, frame.height, MARGIN));
    this.store.changed();
  }
}

/** Where what is drawn has fewer or more such places than the text, the one about as far into it. */
function nth(ranges: readonly Range[], at: number, count: number): Range | undefined {
  return ranges.length === count ? ranges[at] : ranges[Math.floor((at * ranges.length) / Math.max(1, count))];
}

/** Wide code and long output scroll by themselves. */
function scrollInside(range: Range | undefined, scroller: HTMLElement): void {
  let frame = range?.startContainer.parentElement;
  while (range !== undefined && frame != null && frame !== scroller) {
    const box = range.getBoundingClientRect();
    const bounds = frame.getBoundingClientRect();
    if (frame.scrollHeight > frame.clientHeight && (box.top < bounds.top || box.bottom > bounds.bottom)) {
      frame.scrollTop += box.top - bounds.top - frame.clientHeight / 2;
    }
    if (frame.scrollWidth > frame.clientWidth && (box.left < bounds.left || box.right > bounds.right)) {
      frame.scrollLeft += box.left - bounds.left - frame.clientWidth / 2;
    }
    frame = frame.parentElement;
  }
}
