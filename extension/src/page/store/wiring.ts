/** What the parts of the store need of each other. */

import type { Snapshot } from "../../shared/messages";
import type { FindingDeps } from "./finding";
import type { PlaybackDeps } from "./playbackStore";
import type { ReadingDeps } from "./reading";
import type { ReplayStore } from "./replayStore";

export function readingOf(store: ReplayStore): Omit<ReadingDeps, "record" | "density" | "bookkeeping" | "onChange"> {
  const { bridge, texts, folds, layout } = store;
  return {
    ...{ bridge, texts, folds, layout, recordCount: () => store.recordCount },
    target: () => store.snapshot?.target,
    isLive: () => store.snapshot?.info?.isLive ?? false,
    isFiltered: () => store.finding.filters.isActive,
    playhead: () => (store.playback.player.isPlaying ? store.playback.player.index : undefined),
  };
}

export function playbackOf(
  store: ReplayStore,
  told: Pick<PlaybackDeps, "onTimeline" | "onChange" | "seek">,
): PlaybackDeps {
  return {
    ...{ record: (index) => store.record(index), recordCount: () => store.recordCount, layout: store.layout },
    isHidden: (index) => store.reading.isUnplayed(index),
    next: (index) => store.reading.nextPlayed(index),
    isLive: () => store.snapshot?.info?.isLive ?? false,
    isLoading: () => isLoading(store),
    notify: (line) => store.notices.notify(line),
    say: (line) => store.notices.say(line),
    ...told,
  };
}

export function findingOf(store: ReplayStore, told: Pick<FindingDeps, "onChange">): FindingDeps {
  return {
    recordCount: () => store.recordCount,
    record: (index) => store.wholeRecord(index),
    // What the reader sees may be far ahead of what has been loaded, and is searched.
    place: () => (isLoading(store) ? 0 : (store.layout.visible()[0] ?? 0)),
    apply: (first, isShown) => store.reading.filterFrom(first, isShown),
    say: (line) => store.notices.say(line),
    onChoice: () => store.save(),
    ...told,
  };
}

/** Tells all that know the session as a whole which state it is in: they ask again where they know an older one. */
export function countAgain(store: ReplayStore, { info, edition, opening }: Snapshot): void {
  if (info !== null) {
    const [state, content] = [`${edition} ${info.recordCount} ${info.analysedCount}`, `${edition} ${opening}`];
    store.statistics.want(state);
    store.playback.timeline.want(state);
    store.panel.sessionAt(state, content);
    store.finding.sessionAt(state, content);
    store.reading.work.sessionAt(state, content);
  }
}

function isLoading({ snapshot }: ReplayStore): boolean {
  return (snapshot?.info?.missingBytes ?? 0) > 0;
}
