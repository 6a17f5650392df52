/**
 * Hides the part of an event's text that hasn't been played yet. A highlight of the browser does it: the document stays
 * as it is, so that nothing is laid out anew while text comes in, and nothing of a transcript is taken apart.
 */

const NAME = "unplayed";
/** What comes in word by word; the one line of other events is there at once. */
const STREAMED = ".event-prompt, .event-reply";

/** Below the line that is coming in, in pixels: what stands around it is not cut through its middle. */
const LEADING = 4;

export class Unplayed {
  #event: HTMLElement | undefined;
  #texts: readonly Text[] = [];
  #chars = 0;
  #end: Range | undefined;

  /** Where the text that is shown ends; `undefined` when all of it is shown. */
  get end(): Range | undefined {
    return this.#end;
  }

  show(event: HTMLElement | undefined, share: number): void {
    this.#end = undefined;
    if (event === undefined || share >= 1 || !event.matches(STREAMED)) {
      this.#event = undefined;
      highlights()?.delete(NAME);
      return;
    }
    if (event !== this.#event || this.#texts.some((text) => !text.isConnected)) {
      this.#read(event);
    }
    const place = this.#placeOf(Math.floor(this.#chars * share));
    const last = this.#texts.at(-1);
    if (place === undefined || last === undefined) {
      return;
    }
    const hidden = new Range();
    hidden.setStart(place.text, place.offset);
    hidden.setEnd(last, last.length);
    highlights()?.set(NAME, new Highlight(hidden));
    this.#end = new Range();
    this.#end.setStart(place.text, Math.max(0, place.offset - 1));
    this.#end.setEnd(place.text, Math.min(place.text.length, place.offset + 1));
  }

  #read(event: HTMLElement): void {
    this.#event = event;
    const walker = document.createTreeWalker(event, NodeFilter.SHOW_TEXT);
    const texts: Text[] = [];
    for (let node = walker.nextNode(); node !== null; node = walker.nextNode()) {
      if (node instanceof Text) {
        texts.push(node);
      }
    }
    this.#texts = texts;
    this.#chars = texts.reduce((sum, text) => sum + text.length, 0);
  }

  #placeOf(chars: number): { readonly text: Text; readonly offset: number } | undefined {
    let rest = chars;
    for (const text of this.#texts) {
      if (rest < text.length) {
        return { text, offset: rest };
      }
      rest -= text.length;
    }
    return undefined;
  }
}

/** The lower edge of what is to be seen of an event, in the window. */
export function shownBottom(event: HTMLElement, unplayed: Unplayed): number {
  const { bottom } = event.getBoundingClientRect();
  const line = unplayed.end?.getBoundingClientRect();
  return line === undefined || line.height === 0 ? bottom : Math.min(bottom, line.bottom + LEADING);
}

/** Absent in browsers that lack them: text is then shown at once. */
function highlights(): HighlightRegistry | undefined {
  return typeof CSS !== "undefined" && "highlights" in CSS ? CSS.highlights : undefined;
}
