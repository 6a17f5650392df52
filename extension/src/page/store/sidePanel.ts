/** The panel beside the session: whether it is open, what it shows, and the lists that it shows it from. */

import type { TouchedFile, Turn } from "../../protocol/messages";
import type { PanelTab, SavedPanel } from "../../shared/pageState";
import type { Bridge } from "../bridge";
import { PagedList } from "./pagedList";
import { Turns } from "./turns";

/** From this width of the page on the panel is open until it is closed. */
const OPEN_FROM_PX = 1200;
/** Up to this width of the page it lies above the session; so in styles/panel.css. */
const NARROW_PX = 700;
const PREFERRED_WIDTH = 320;
export const MIN_WIDTH = 220;
export const MAX_WIDTH = 640;

export class SidePanelStore {
  readonly files: PagedList<TouchedFile>;
  readonly #turnList: PagedList<Turn>;
  #isOpen: boolean;
  /** As it was opened or closed last by somebody who meant to. */
  #isChosenOpen: boolean;
  #tab: PanelTab;
  #width: number;
  /** It was opened just now: whoever opened it goes on in it. */
  #isFocusDue = false;
  #state = "";
  #era = "";
  #turns: { readonly of: readonly Turn[]; readonly turns: Turns } = { of: [], turns: new Turns([]) };

  constructor(
    bridge: Pick<Bridge, "request">,
    /** Of this very tab. */
    saved: SavedPanel | undefined,
    /** As it was chosen last, in any tab. */
    habit: SavedPanel | undefined,
    private readonly onChange: () => void,
  ) {
    const before = saved ?? habit;
    this.#isChosenOpen = (habit ?? saved)?.isOpen ?? innerWidth >= OPEN_FROM_PX;
    // Nobody wants to begin with a session that is covered.
    this.#isOpen = saved?.isOpen ?? (this.#isChosenOpen && innerWidth > NARROW_PX);
    this.#tab = before?.tab ?? "outline";
    this.#width = clamp(before?.width ?? PREFERRED_WIDTH);
    this.#turnList = new PagedList({
      request: async (start) => {
        const { turns, turnCount, isComplete } = await bridge.request("turns", { start });
        return { items: turns, total: turnCount, isComplete };
      },
      // The last turn goes on.
      staying: (known) => Math.max(0, known - 1),
      onChange: () => this.#changed(),
    });
    this.files = new PagedList({
      request: async (start) => {
        const { files, fileCount, isComplete } = await bridge.request("files", { start });
        return { items: files, total: fileCount, isComplete };
      },
      staying: () => 0,
      onChange: () => this.#changed(),
    });
  }

  get isOpen(): boolean {
    return this.#isOpen;
  }

  get tab(): PanelTab {
    return this.#tab;
  }

  /** In pixels. */
  get width(): number {
    return this.#width;
  }

  /** As it stands in this tab. */
  get saved(): SavedPanel {
    return { isOpen: this.#isOpen, tab: this.#tab, width: this.#width };
  }

  /** As the reader wants it to be, in tabs that are opened later too. */
  get habit(): SavedPanel {
    return { ...this.saved, isOpen: this.#isChosenOpen };
  }

  get turns(): Turns {
    if (this.#turns.of !== this.#turnList.items) {
      this.#turns = { of: this.#turnList.items, turns: new Turns(this.#turnList.items) };
    }
    return this.#turns.turns;
  }

  get turnList(): Pick<PagedList<Turn>, "total" | "isComplete" | "isKnown"> {
    return this.#turnList;
  }

  toggle(): void {
    this.#isOpen = !this.#isOpen;
    this.#isChosenOpen = this.#isOpen;
    this.#isFocusDue = this.#isOpen;
    this.#changed();
  }

  /** The reader goes on in the session: closes where it covers that, which is no choice of theirs. */
  giveWay(): void {
    if (innerWidth <= NARROW_PX && this.#isOpen) {
      this.#isOpen = false;
      this.#changed();
    }
  }

  /** Whether the focus is to come to it; says so once. */
  takeFocusDue(): boolean {
    const isDue = this.#isFocusDue;
    this.#isFocusDue = false;
    return isDue;
  }

  show(tab: PanelTab): void {
    this.#tab = tab;
    this.#changed();
  }

  resize(width: number): void {
    this.#width = clamp(width);
    this.#changed();
  }

  /** The session is in this state now; positions of another era mean nothing. */
  sessionAt(state: string, era: string): void {
    this.#state = state;
    this.#era = era;
    this.#want();
  }

  #changed(): void {
    this.#want();
    this.onChange();
  }

  /** Nothing is asked for that isn't looked at. */
  #want(): void {
    if (!this.#isOpen || this.#state === "") {
      return;
    }
    const list = this.#tab === "files" ? this.files : this.#turnList;
    list.want(this.#state, this.#era);
  }
}

function clamp(width: number): number {
  return Math.round(Math.min(MAX_WIDTH, Math.max(MIN_WIDTH, width)));
}
