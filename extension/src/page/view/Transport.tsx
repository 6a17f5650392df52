/** The player's bar at the lower edge: play, chapters, the strip, time, speed and timing. */

import { useEffect, useReducer, useRef } from "preact/hooks";
import { formatDuration } from "../format";
import type { Command } from "../keys/table";
import type { ReplayStore } from "../store/replayStore";
import { Icon, type IconName } from "./Icon";
import { Jumps } from "./Jumps";
import { formatPlayed, pauseWords } from "./positionWords";
import { Strip } from "./Strip";

/** While something is played the bar is drawn by itself, this often. */
const DRAW_MS = 60;

interface Props {
  readonly store: ReplayStore;
  readonly onCommand: (command: Command) => void;
}

export function Transport({ store, onCommand }: Props) {
  const { player } = store.playback;
  const { isPlaying } = player;
  const [, redraw] = useReducer((count: number, _: undefined) => count + 1, 0);
  useEffect(() => {
    if (!isPlaying) {
      return undefined;
    }
    const timer = setInterval(() => redraw(undefined), DRAW_MS);
    return () => clearInterval(timer);
  }, [isPlaying]);
  useAnnounced(store, `${player.speed}×, ${player.timing === "real" ? "real time" : "even pace"}`);
  const press = (command: Command) => (): void => onCommand(command);
  return (
    <section class="transport" aria-label="Player">
      <div class="transport-buttons">
        <Press icon="previous" words="Previous prompt" keys="p" onPress={press("previousPrompt")} />
        <Press
          icon={isPlaying ? "pause" : "play"}
          words={isPlaying ? "Pause" : "Play"}
          keys="Space"
          onPress={press("playPause")}
        />
        <Press icon="next" words="Next prompt" keys="n" onPress={press("nextPrompt")} />
      </div>
      <Jumps onCommand={onCommand} />
      <Strip store={store} />
      <Times store={store} />
      {store.snapshot?.target.origin !== "file" && (
        <Press icon="link" words="Copy link to this moment" keys="y" onPress={press("copyLink")} />
      )}
      <fieldset class="transport-pace">
        <legend class="visually-hidden">Pace</legend>
        <Press icon="slower" words="Slower" keys="<" onPress={press("slower")} />
        <output class="transport-speed" title="Speed" aria-live="off">
          {player.speed}×
        </output>
        <Press icon="faster" words="Faster" keys=">" onPress={press("faster")} />
        <button
          type="button"
          class="transport-timing"
          title={
            player.timing === "real"
              ? "As it happened, pauses of at most 10 seconds (t)"
              : "Each event for as long as it takes to be seen (t)"
          }
          onClick={press("timing")}
        >
          {player.timing === "real" ? "Real time" : "Even pace"}
        </button>
      </fieldset>
    </section>
  );
}

/** Tells screen readers of another pace, not of the one that was there when the page came. */
function useAnnounced(store: ReplayStore, words: string): void {
  const told = useRef(words);
  useEffect(() => {
    if (told.current !== words) {
      told.current = words;
      store.notices.say(words);
    }
  }, [store, words]);
}

function Times({ store }: { store: ReplayStore }) {
  const { player, timeline } = store.playback;
  const pauseMs = player.awaited === null ? undefined : timeline.pauseBefore(player.awaited);
  const { known } = timeline;
  const real = known === undefined ? "" : `${formatDuration(known.realMs)} in real time`;
  const total = formatPlayed(Math.max(timeline.durationMs, player.positionMs));
  // A live session has no other end yet.
  const soFar = known?.isComplete === false && !store.snapshot?.info?.isLive ? "+" : "";
  // Room for any time of the session: the strip beside it stays under the pointer.
  const room = { "--room": 2 * total.length + 4 };
  return (
    <p
      class="transport-times"
      style={room}
      title={soFar === "" ? real : `${real} so far: the session is still being read`}
    >
      {player.isWaiting ? (
        "Loading…"
      ) : pauseMs !== undefined ? (
        pauseWords(pauseMs)
      ) : (
        <>
          {formatPlayed(player.positionMs)}
          <span class="transport-total">{` / ${total}${soFar}`}</span>
        </>
      )}
    </p>
  );
}

function Press(props: { icon: IconName; words: string; keys: string; onPress: () => void }) {
  return (
    <button
      type="button"
      class="icon-button"
      title={`${props.words} (${props.keys})`}
      aria-label={props.words}
      onClick={props.onPress}
    >
      <Icon name={props.icon} />
    </button>
  );
}
