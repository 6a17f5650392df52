/** Where on the time axis something is, in words. */

import { formatClock, formatDuration, isTime } from "../format";
import type { Playback } from "../store/playbackStore";
import type { ReplayStore } from "../store/replayStore";

const NEAR_RECORDS = 32;

/** `turn 12 of 80, 14:03:22`: where the reader is. */
export function positionWords(store: ReplayStore): string {
  const { player } = store.playback;
  const timeMs = timeAt(store, player.index);
  const turn = turnWords(store.playback, player.positionMs);
  return [turn, isTime(timeMs) ? formatClock(timeMs) : formatPlayed(player.positionMs)].filter(Boolean).join(", ");
}

/** Records of an agent's own books at the session's beginning often have no time: then that of the next that has one. */
function timeAt(store: ReplayStore, index: number): number | null {
  for (let near = index; near < index + NEAR_RECORDS; near += 1) {
    const timeMs = store.record(near)?.timeMs ?? null;
    if (timeMs !== null) {
      return timeMs;
    }
  }
  return null;
}

/** Empty before the first turn. */
export function turnWords({ timeline }: Playback, atMs: number): string {
  const { turn, of } = timeline.turnAt(atMs);
  return turn === 0 ? "" : `turn ${turn} of ${of}`;
}

export function pauseWords(pauseMs: number): string {
  return `${formatDuration(pauseMs)} idle skipped`;
}

/** A time of the axis: `3:07`, `1:02:45`. */
export function formatPlayed(ms: number): string {
  const seconds = Math.floor(ms / 1000);
  const [hours, minutes] = [Math.floor(seconds / 3600), Math.floor(seconds / 60) % 60];
  const tail = String(seconds % 60).padStart(2, "0");
  return hours > 0 ? `${hours}:${String(minutes).padStart(2, "0")}:${tail}` : `${minutes}:${tail}`;
}
