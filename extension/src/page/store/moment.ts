/** Links to moments of the session: one is copied for where the reader is, and one that was opened leads here. */

import { RequestError } from "../../shared/rpc";
import { placesAt } from "./placesAt";
import type { ReplayStore } from "./replayStore";

/** The record that is played, else the one moved to, else the first one in sight. */
export function momentIndex({
  playback,
  layout,
  current,
  reading: { answers },
}: Pick<ReplayStore, "playback" | "layout" | "current" | "reading">): number {
  const { player } = playback;
  const visible = layout.visible();
  if (player.isPlaying) {
    return player.index;
  }
  if (current !== null && visible.includes(answers.rowOf(current.index))) {
    return current.index;
  }
  return player.isInUse && visible.includes(answers.rowOf(player.index)) ? player.index : (visible[0] ?? 0);
}

export function copyLink(store: ReplayStore): void {
  const index = momentIndex(store);
  store.bridge.request("act", { deed: "copyLink", index, field: 0, file: 0 }).then(
    ({ done }) => done && store.notices.notify("Link to this moment copied"),
    (error: unknown) => store.notices.notify(RequestError.problemOf(error).message),
  );
}

/** Where a link leads, nothing plays on or stays left out: the reader wants to see that record. */
export function showMoment(store: ReplayStore, index: number): void {
  const { finding, playback, layout, notices } = store;
  const told = [
    ...(playback.player.isPlaying ? ["paused"] : []),
    ...(finding.filters.hides(index) ? ["filters cleared"] : []),
  ];
  if (finding.filters.hides(index)) {
    finding.filters.clear();
  }
  playback.player.pause();
  layout.hold({ kind: "row", index, offset: 0 });
  store.current = placesAt(store, index)[0] ?? { index, field: 0 };
  if (told.length > 0) {
    notices.notify(`To show this place: ${told.join(", ")}`);
  }
}
