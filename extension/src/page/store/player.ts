/** The player: plays the session, goes to a time or a record of it, and knows where the reader is meanwhile. */

import type { TimelineSeekResult } from "../../protocol/messages";
import type { Habits } from "../../shared/habits";
import type { SavedPlayback } from "../../shared/pageState";
import { RequestError } from "../../shared/rpc";
import type { EventPlace } from "./eventPlace";
import { type Reveal, revealAt } from "./pacing";
import * as playback from "./playback";
import type { RecordScore, ScoreDeps } from "./score";
import type { StripScale } from "./stripScale";

export interface PlayerDeps extends Pick<ScoreDeps, "record" | "recordCount" | "isLoading"> {
  readonly score: RecordScore;
  readonly seek: (atMs: number) => Promise<TimelineSeekResult>;
  readonly durationMs: () => number;
  readonly scale: () => StripScale;
  /** Brings a record into view; nothing is being played. */
  readonly show: (index: number) => void;
  /** All of the session was played. */
  readonly onEnd: () => void;
  /** Playing began or ended. */
  readonly onPlaying: () => void;
  /** Another event is shown, or something else of the player changed. */
  readonly onChange: () => void;
  readonly onProblem: (line: string) => void;
}

/** How the reader played other sessions. */
export type Pace = Pick<Habits, "speed" | "timing">;

export class Player {
  #state: playback.PlaybackState;
  #isWaiting = false;
  #isInUse = false;
  /** Whether the view goes along with the playhead; not after the reader scrolled away from it. */
  isFollowed = true;
  /** Where on the axis the reader wants to be, until the record there is known. */
  #target: number | undefined;
  #isAsking = false;

  constructor(
    private readonly deps: PlayerDeps,
    private readonly remembered: SavedPlayback | undefined,
    pace: Pace = {},
  ) {
    this.#state = {
      head: { index: remembered?.index ?? 0, elapsedMs: Math.max(0, remembered?.elapsedMs ?? 0) },
      speed: playback.speedOf(remembered?.speed ?? pace.speed),
      timing: remembered?.timing ?? pace.timing ?? "real",
      countedMs: null,
    };
  }

  get isPlaying(): boolean {
    return playback.isPlaying(this.#state);
  }

  /** Playing goes on as soon as the records are here. */
  get isWaiting(): boolean {
    return this.isPlaying && this.#isWaiting;
  }

  /** Whether the playhead is the player's doing; else it is where the reader is. */
  get isInUse(): boolean {
    return this.#isInUse;
  }

  get speed(): playback.Speed {
    return this.#state.speed;
  }

  get timing(): playback.Timing {
    return this.#state.timing;
  }

  get index(): number {
    return this.#state.head.index;
  }

  /** On the time axis: where the reader wants to be, or is. */
  get positionMs(): number {
    return this.#target ?? playback.positionMs(this.#state, this.deps.score);
  }

  /** What is to be seen of the record at the playhead. */
  get reveal(): Reveal {
    const { head } = this.#state;
    const record = this.deps.record(head.index);
    const step = this.deps.score.step(head.index, this.timing);
    return record === undefined ? { field: 0, share: 0 } : revealAt(record, head.elapsedMs, step?.stayMs ?? Infinity);
  }

  /** While the session is played: the event shown last. */
  get until(): EventPlace | undefined {
    return this.isPlaying ? { index: this.index, field: this.reveal.field } : undefined;
  }

  /** The record that comes after the one being shown, once there is nothing more to be seen of that one. */
  get awaited(): number | null {
    return this.isPlaying && this.reveal.share === 1
      ? (this.deps.score.step(this.index, this.timing)?.next ?? null)
      : null;
  }

  get saved(): SavedPlayback {
    const { head, speed, timing } = this.#state;
    return { ...head, speed, timing };
  }

  /** The session is known for the first time; the reader is at this record, unless that was remembered. */
  begin(index: number): void {
    const isThere = (this.remembered?.index ?? 0) < this.deps.recordCount() || this.deps.isLoading();
    if (this.remembered === undefined || !isThere) {
      this.#place(index);
    }
  }

  /** Other content: what was remembered of the old one means nothing. */
  restart(): void {
    this.#target = undefined;
    this.#place(0);
    this.pause();
  }

  toggle(nowMs: number): void {
    if (this.isPlaying) {
      this.pause();
    } else {
      this.play(nowMs);
    }
  }

  /** From the playhead on, or from the beginning when everything was played. */
  play(nowMs: number): void {
    if (this.#isAtEnd()) {
      this.#place(0);
    }
    this.#state = playback.play(this.#state, nowMs);
    this.#isInUse = true;
    this.isFollowed = true;
    this.deps.onPlaying();
  }

  pause(): void {
    if (this.isPlaying) {
      this.#state = playback.pause(this.#state);
      this.deps.onPlaying();
    }
  }

  /** Lets time pass; to be called for every frame while something is played. */
  tick(nowMs: number): void {
    const before = { ...this.#shown(), isWaiting: this.#isWaiting };
    const { state, outcome } = playback.tick(this.#state, nowMs, this.deps.score);
    this.#state = state;
    this.#isWaiting = outcome === "waiting";
    if (outcome === "ended") {
      this.pause();
      this.deps.onEnd();
      return;
    }
    const shown = this.#shown();
    if (
      shown.index !== before.index ||
      shown.field !== before.field ||
      shown.isWhole !== before.isWhole ||
      this.#isWaiting !== before.isWaiting
    ) {
      this.deps.onChange();
    }
  }

  changeSpeed(direction: 1 | -1): void {
    this.#state = playback.withSpeed(this.#state, playback.nextSpeed(this.speed, direction));
    this.deps.onChange();
  }

  toggleTiming(): void {
    this.#state = playback.withTiming(this.#state, this.timing === "real" ? "even" : "real", this.deps.score);
    this.deps.onChange();
  }

  /** By a time of the axis from where the reader is, or is about to be. */
  seekBy(ms: number): void {
    this.seek(this.positionMs + ms);
  }

  /** To a share of the strip, from 0 to 1. */
  seekShare(share: number): void {
    const place = this.deps.scale().placeAt(share);
    if ("index" in place) {
      this.goTo(place.index);
    } else {
      this.seek(place.atMs);
    }
  }

  /** By a share of the strip from where the reader is, or is about to be. */
  seekByShare(share: number): void {
    this.seekShare(this.deps.scale().shareOf(this.#target === undefined ? this.index : 0, this.positionMs) + share);
  }

  /** To a time of the axis. Of several wishes in a row the newest is what counts. */
  seek(atMs: number): void {
    this.#target = Math.round(Math.min(this.deps.durationMs(), Math.max(0, atMs)));
    this.#isInUse = true;
    this.deps.onChange();
    if (!this.#isAsking) {
      void this.#ask();
    }
  }

  /** To the beginning of a record. */
  goTo(index: number): void {
    this.#target = undefined;
    this.#place(index);
    this.#isInUse = true;
    this.#arrived();
  }

  /** Lets the view go along with the playhead again. */
  follow(): void {
    this.isFollowed = true;
    this.deps.onChange();
  }

  /** The reader moved to a record by themselves: what is played begins there. */
  readerAt(index: number): void {
    if (!this.isPlaying && (index !== this.index || this.#target !== undefined)) {
      this.#target = undefined;
      this.#isInUse = false;
      this.#place(index);
    }
  }

  /** The session grew below a reader who follows it; one who is on the way to somewhere else goes there. */
  grew(lastIndex: number): void {
    if (this.#target === undefined) {
      this.readerAt(lastIndex);
    }
  }

  /** The reader scrolled: a playhead out of sight comes along when paused, and is left alone when playing. */
  readerScrolled(visible: readonly number[], distance: number): void {
    const [first, last] = [visible[0], visible.at(-1)];
    if (this.isPlaying) {
      this.isFollowed = distance > 0 && visible.includes(this.index);
    } else if (first !== undefined && last !== undefined) {
      this.readerAt(Math.min(last, Math.max(first, this.index)));
    }
  }

  async #ask(): Promise<void> {
    this.#isAsking = true;
    try {
      while (this.#target !== undefined) {
        const asked = this.#target;
        const found = await this.deps.seek(asked);
        if (this.#target === undefined) {
          break;
        }
        this.#state = playback.seekTo(this.#state, found.index, asked - found.atMs, this.deps.score);
        if (this.#target === asked) {
          this.#target = undefined;
        }
        this.#arrived();
      }
    } catch (error) {
      this.#target = undefined;
      this.deps.onProblem(RequestError.problemOf(error).message);
    }
    this.#isAsking = false;
  }

  #arrived(): void {
    this.isFollowed = true;
    if (!this.isPlaying) {
      this.deps.show(this.index);
    }
    this.deps.onChange();
  }

  #place(index: number): void {
    this.#state = { ...this.#state, head: { index, elapsedMs: 0 } };
  }

  #isAtEnd(): boolean {
    const step = this.deps.score.step(this.index, this.timing);
    return step?.next === null && (!this.#isInUse || this.#state.head.elapsedMs >= step.stayMs);
  }

  #shown() {
    const { field, share } = this.reveal;
    return { index: this.index, field, isWhole: share === 1 };
  }
}
