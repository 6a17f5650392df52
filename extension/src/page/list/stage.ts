/** What playing looks like: the list ends where the playhead is, text comes in as it is played, and the view goes along. */

import { firstLine } from "../format";
import { prefersStillness } from "../stillness";
import type { ReplayStore } from "../store/replayStore";
import { spelledOut } from "../text/unseen";
import { lookOf } from "../view/eventLook";
import { isInView, nextTop } from "./following";
import { eventSelector } from "./navigator";
import { shownBottom, Unplayed } from "./unplayed";

export class Stage {
  readonly #unplayed = new Unplayed();
  #frame: number | undefined;
  #drawnMs = 0;
  /** The event that screen readers were told of last. */
  #told = "";

  constructor(
    private readonly store: ReplayStore,
    private readonly scroller: HTMLElement,
    private readonly sizer: HTMLElement,
  ) {}

  /** To be called when rows were drawn. */
  afterDraw(): void {
    if (!this.store.playback.player.isPlaying) {
      this.stop();
      return;
    }
    this.#draw(performance.now());
    this.#frame ??= requestAnimationFrame((nowMs) => this.#onFrame(nowMs));
  }

  stop(): void {
    if (this.#frame !== undefined) {
      cancelAnimationFrame(this.#frame);
      this.#frame = undefined;
    }
    this.#unplayed.show(undefined, 1);
  }

  #onFrame(nowMs: number): void {
    this.#frame = undefined;
    const { player } = this.store.playback;
    player.tick(nowMs);
    if (player.isPlaying) {
      this.#draw(nowMs);
      this.#frame = requestAnimationFrame((next) => this.#onFrame(next));
    }
  }

  #draw(nowMs: number): void {
    const { layout, playback } = this.store;
    const { player } = playback;
    const { index, reveal } = player;
    const event = this.scroller.querySelector<HTMLElement>(eventSelector({ index, field: reveal.field }));
    const isStill = prefersStillness();
    this.#unplayed.show(event ?? undefined, isStill ? 1 : reveal.share);
    const isAway = this.store.reading.answers.isAway(index);
    const end =
      event === null || isAway
        ? layout.offset(index + 1)
        : shownBottom(event, this.#unplayed) - this.sizer.getBoundingClientRect().top;
    layout.limit(index, end);
    this.sizer.style.setProperty("height", `${end}px`);
    if (player.isFollowed) {
      const view = { top: this.scroller.scrollTop, height: this.scroller.clientHeight };
      const top = nextTop(view, end, nowMs - this.#drawnMs, isStill);
      if (top !== view.top) {
        layout.follow(top);
      }
      if (!isInView(view, layout.offset(index))) {
        // Rows of another place are due.
        this.store.changed();
      }
    }
    this.#drawnMs = nowMs;
    this.#tell(index, reveal.field);
  }

  #tell(index: number, field: number): void {
    const event = this.store.record(index)?.events.find((each) => each.field === field);
    const key = `${index}:${field}`;
    if (event !== undefined && key !== this.#told) {
      this.#told = key;
      this.store.playback.say(spelledOut([lookOf(event).name, firstLine(event.text.value)].filter(Boolean).join(": ")));
    }
  }
}
