/**
 * Playing as a state and the steps between states: pure, with the time handed in.
 *
 * The playhead is a record and how long it has been shown, never a time alone: records don't move when the axis is
 * measured anew, and the same place is kept whatever the speed and the timing.
 */

export const SPEEDS = [0.5, 1, 2, 5, 10, 20] as const;
export type Speed = (typeof SPEEDS)[number];

/** `real`: as it happened, pauses shortened. `even`: each kind of event as long as it takes to be seen. */
export type Timing = "real" | "even";

export interface Playhead {
  /** The record that was shown last. */
  readonly index: number;
  /** How long it has been, in milliseconds at single speed. */
  readonly elapsedMs: number;
}

export interface PlaybackState {
  readonly head: Playhead;
  readonly speed: Speed;
  readonly timing: Timing;
  /** When time was last counted, by the clock that is handed in; null while nothing is played. */
  readonly countedMs: number | null;
}

/** How long a record stays the last one, and which is shown after it: null when it is the last there is. */
export interface Step {
  readonly stayMs: number;
  readonly next: number | null;
}

/** What is played, as far as it is known. */
export interface Score {
  /** `undefined` while it isn't known: the records have yet to be loaded. */
  step(index: number, timing: Timing): Step | undefined;
  /** When a record is played, on the time axis. */
  atMs(index: number): number;
}

/** Longer than this nobody was looking: the page was hidden, or the machine asleep. */
const MAX_TICK_MS = 250;

export type Outcome = "moving" | "waiting" | "ended";

export function isPlaying(state: PlaybackState): boolean {
  return state.countedMs !== null;
}

export function play(state: PlaybackState, nowMs: number): PlaybackState {
  return isPlaying(state) ? state : { ...state, countedMs: nowMs };
}

export function pause(state: PlaybackState): PlaybackState {
  return { ...state, countedMs: null };
}

export function withSpeed(state: PlaybackState, speed: Speed): PlaybackState {
  return { ...state, speed };
}

/** The next speed up or down; the last one there is stays. */
export function nextSpeed(speed: Speed, direction: 1 | -1): Speed {
  return SPEEDS[SPEEDS.indexOf(speed) + direction] ?? speed;
}

/** The speed that was remembered; single when it is none of ours. */
export function speedOf(value: number | undefined): Speed {
  return SPEEDS.find((speed) => speed === value) ?? 1;
}

/** As much of the record's stay has passed by the new timing as had by the old one. */
export function withTiming(state: PlaybackState, timing: Timing, score: Score): PlaybackState {
  const share = shareOf(state, score);
  const stayMs = score.step(state.head.index, timing)?.stayMs ?? 0;
  return { ...state, timing, head: { index: state.head.index, elapsedMs: share * stayMs } };
}

/** Lets time pass, over as many records as fit into it. */
export function tick(state: PlaybackState, nowMs: number, score: Score): { state: PlaybackState; outcome: Outcome } {
  if (state.countedMs === null) {
    return { state, outcome: "waiting" };
  }
  const passedMs = Math.min(MAX_TICK_MS, Math.max(0, nowMs - state.countedMs)) * state.speed;
  let { index } = state.head;
  let elapsedMs = state.head.elapsedMs + passedMs;
  const at = (head: Playhead, outcome: Outcome) => ({ state: { ...state, head, countedMs: nowMs }, outcome });
  for (;;) {
    const step = score.step(index, state.timing);
    if (step === undefined) {
      // What comes next isn't here: time stands still, so that nothing of it is missed.
      return at(index === state.head.index ? state.head : { index, elapsedMs: 0 }, "waiting");
    }
    if (elapsedMs < step.stayMs) {
      return at({ index, elapsedMs }, "moving");
    }
    if (step.next === null) {
      return at(
        { index, elapsedMs: Math.max(state.head.index === index ? state.head.elapsedMs : 0, step.stayMs) },
        "ended",
      );
    }
    elapsedMs -= step.stayMs;
    index = step.next;
  }
}

/** Where the playhead is on the time axis. */
export function positionMs(state: PlaybackState, score: Score): number {
  const { index } = state.head;
  const begin = score.atMs(index);
  const next = score.step(index, state.timing)?.next ?? null;
  return next === null ? begin : begin + shareOf(state, score) * Math.max(0, score.atMs(next) - begin);
}

/** To a record, `intoMs` of the time axis after it was shown. */
export function seekTo(state: PlaybackState, index: number, intoMs: number, score: Score): PlaybackState {
  const step = score.step(index, state.timing);
  const gapMs = step === undefined || step.next === null ? 0 : score.atMs(step.next) - score.atMs(index);
  const share = gapMs > 0 ? Math.min(1, Math.max(0, intoMs / gapMs)) : 0;
  return { ...state, head: { index, elapsedMs: share * (step?.stayMs ?? 0) } };
}

function shareOf(state: PlaybackState, score: Score): number {
  const stayMs = score.step(state.head.index, state.timing)?.stayMs ?? 0;
  return stayMs > 0 ? Math.min(1, state.head.elapsedMs / stayMs) : 0;
}
