/** Records that came: those at the end see them, others hear how many there are. */

import type { SessionInfo } from "../../shared/messages";
import { plural } from "../format";
import type { ReplayStore } from "./replayStore";

type Told = Pick<ReplayStore, "following" | "newCount" | "seenCount" | "notices" | "playback">;

export function tellNews(store: Told, recordCount: number, before: SessionInfo | null): void {
  // What only had to be loaded is no news.
  const isLoading = (before?.missingBytes ?? 0) > 0;
  const came = isLoading ? 0 : recordCount - (before?.recordCount ?? recordCount);
  const { following } = store;
  if (following || isLoading) {
    store.seenCount = recordCount;
  }
  if (came > 0 && following) {
    store.playback.player.grew(recordCount - 1);
  }
  if (came > 0) {
    const count = following ? came : store.newCount;
    store.notices.say(`${plural(count, "new record", "new records")}${following ? "" : " below"}`);
  }
}
