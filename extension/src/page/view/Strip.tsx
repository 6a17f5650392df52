/** The scrubber: all of the session on one strip, to be clicked, dragged, and moved along by keys. */

import { useMemo, useState } from "preact/hooks";
import { formatCount } from "../format";
import type { Player } from "../store/player";
import { FAR_SHARE, STEP_MS } from "../store/playerKeys";
import type { ReplayStore } from "../store/replayStore";
import type { StripPlace } from "../store/stripScale";
import { formatPlayed, pauseWords, positionWords, turnWords } from "./positionWords";
import { STRIP_HEIGHT, STRIP_WIDTH, stripPaths } from "./stripPaths";

export function Strip({ store }: { store: ReplayStore }) {
  const { player, timeline } = store.playback;
  const { known } = timeline;
  const { scale } = store.playback;
  const durationMs = Math.max(timeline.durationMs, player.positionMs);
  const [pointed, setPointed] = useState<number>();
  const paths = useMemo(() => (known === undefined ? [] : stripPaths(known)), [known]);
  const playhead = percent(scale.shareOf(player.index, player.positionMs));
  const shareUnder = (event: PointerEvent & { readonly currentTarget: HTMLElement }): number => {
    const { left, width } = event.currentTarget.getBoundingClientRect();
    return Math.min(1, Math.max(0, (event.clientX - left) / Math.max(1, width)));
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
        if (steps(player, event.key)) {
          event.preventDefault();
        }
      }}
      onPointerDown={(event) => {
        if (event.button === 0) {
          event.currentTarget.setPointerCapture(event.pointerId);
          player.seekShare(shareUnder(event));
        }
      }}
      onPointerMove={(event) => {
        setPointed(shareUnder(event));
        if (event.currentTarget.hasPointerCapture(event.pointerId)) {
          player.seekShare(shareUnder(event));
        }
      }}
      onPointerLeave={() => setPointed(undefined)}
    >
      <svg
        class="strip-drawing"
        viewBox={`0 0 ${STRIP_WIDTH} ${STRIP_HEIGHT}`}
        preserveAspectRatio="none"
        style={{ width: percent(scale.share) }}
        aria-hidden="true"
        focusable="false"
      >
        {paths.map(({ name, d }) => (
          <path key={name} class={`strip-${name}`} d={d} />
        ))}
      </svg>
      <div class="strip-ahead" style={{ left: playhead }} />
      <div class="strip-head" style={{ left: playhead }} />
      {pointed !== undefined && durationMs > 0 && (
        <div
          class={`strip-pointed${pointed > 0.5 ? " strip-pointed-late" : ""}`}
          style={{ left: percent(pointed) }}
          aria-hidden="true"
        >
          {wordsAt(store, scale.placeAt(pointed))}
        </div>
      )}
    </div>
  );
}

function percent(share: number): string {
  return `${100 * share}%`;
}

/** As sliders are moved: up is on. To the left and right the page itself goes. Returns whether the key is one of these. */
function steps(player: Player, key: string): boolean {
  switch (key) {
    case "ArrowUp":
    case "ArrowDown":
      player.seekBy(key === "ArrowUp" ? STEP_MS : -STEP_MS);
      return true;
    case "PageUp":
    case "PageDown":
      player.seekByShare(key === "PageUp" ? FAR_SHARE : -FAR_SHARE);
      return true;
    default:
      return false;
  }
}

function wordsAt({ playback }: ReplayStore, place: StripPlace): string {
  if ("index" in place) {
    return `Record ${formatCount(place.index + 1)} · not read yet`;
  }
  const { atMs } = place;
  const pauseMs = playback.timeline.pauseNear(atMs);
  return [formatPlayed(atMs), turnWords(playback, atMs), pauseMs === undefined ? "" : pauseWords(pauseMs)]
    .filter(Boolean)
    .join(" · ");
}
