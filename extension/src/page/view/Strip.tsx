/** The scrubber: all of the session on one strip, to be clicked, dragged, and moved along by keys. */

import { useMemo, useState } from "preact/hooks";
import { FAR_SHARE, STEP_MS } from "../store/playerKeys";
import type { ReplayStore } from "../store/replayStore";
import { formatPlayed, pauseWords, positionWords, turnWords } from "./positionWords";
import { STRIP_HEIGHT, STRIP_WIDTH, stripPaths } from "./stripPaths";

export function Strip({ store }: { store: ReplayStore }) {
  const { player, timeline } = store.playback;
  const { known } = timeline;
  // A live session's axis is measured now and then, and may lag behind its end.
  const durationMs = Math.max(timeline.durationMs, player.positionMs);
  const [pointedMs, setPointedMs] = useState<number>();
  const paths = useMemo(() => (known === undefined ? [] : stripPaths(known)), [known]);
  const percent = (atMs: number): string => `${durationMs === 0 ? 0 : Math.min(100, (atMs / durationMs) * 100)}%`;
  const timeUnder = (event: PointerEvent & { readonly currentTarget: HTMLElement }): number => {
    const { left, width } = event.currentTarget.getBoundingClientRect();
    return durationMs * Math.min(1, Math.max(0, (event.clientX - left) / Math.max(1, width)));
  };
  return (
    <div
      class="strip"
      role="slider"
      tabIndex={0}
      aria-label="Position"
      aria-valuemin={0}
      aria-valuemax={Math.round(durationMs / 1000)}
      aria-valuenow={Math.round(player.positionMs / 1000)}
      aria-valuetext={positionWords(store)}
      onKeyDown={(event) => {
        const ms = stepFor(event.key, durationMs);
        if (ms !== undefined) {
          event.preventDefault();
          player.seekBy(ms);
        }
      }}
      onPointerDown={(event) => {
        if (event.button === 0) {
          event.currentTarget.setPointerCapture(event.pointerId);
          player.seek(timeUnder(event));
        }
      }}
      onPointerMove={(event) => {
        setPointedMs(timeUnder(event));
        if (event.currentTarget.hasPointerCapture(event.pointerId)) {
          player.seek(timeUnder(event));
        }
      }}
      onPointerLeave={() => setPointedMs(undefined)}
    >
      <svg
        class="strip-drawing"
        viewBox={`0 0 ${STRIP_WIDTH} ${STRIP_HEIGHT}`}
        preserveAspectRatio="none"
        aria-hidden="true"
        focusable="false"
      >
        {paths.map(({ name, d }) => (
          <path key={name} class={`strip-${name}`} d={d} />
        ))}
      </svg>
      <div class="strip-ahead" style={{ left: percent(player.positionMs) }} />
      <div class="strip-head" style={{ left: percent(player.positionMs) }} />
      {pointedMs !== undefined && durationMs > 0 && (
        <div
          class={`strip-pointed${pointedMs > durationMs / 2 ? " strip-pointed-late" : ""}`}
          style={{ left: percent(pointedMs) }}
          aria-hidden="true"
        >
          {wordsAt(store, pointedMs)}
        </div>
      )}
    </div>
  );
}

/** As sliders are moved: up is on. To the left and right the page itself goes. */
function stepFor(key: string, durationMs: number): number | undefined {
  switch (key) {
    case "ArrowUp":
      return STEP_MS;
    case "ArrowDown":
      return -STEP_MS;
    case "PageUp":
      return durationMs * FAR_SHARE;
    case "PageDown":
      return -durationMs * FAR_SHARE;
    default:
      return undefined;
  }
}

function wordsAt({ playback }: ReplayStore, atMs: number): string {
  const { timeline } = playback;
  const pauseMs = timeline.pauseNear(atMs);
  return [formatPlayed(atMs), turnWords(playback, atMs), pauseMs === undefined ? "" : pauseWords(pauseMs)]
    .filter(Boolean)
    .join(" · ");
}
