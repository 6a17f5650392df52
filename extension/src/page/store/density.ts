import type { ReplayStore } from "./replayStore";

/** All events, or work folded to lines: for this tab and for those opened later. */
export function toggleDensity(store: ReplayStore): void {
  const density = store.reading.work.density === "full" ? "compact" : "full";
  store.reading.work.choose(density);
  store.notices.notify(density === "full" ? "Everything is shown" : "Compact: the work between replies is folded");
  store.save();
}
