/** Where nothing happened for a while, and is played shorter: a line between two records. */

import type { ReplayStore } from "../store/replayStore";
import { pauseWords } from "./positionWords";
import { useTold } from "./useTold";

export function PauseLine({ store, index }: { store: ReplayStore; index: number }) {
  const pauseMs = useTold(store, () => store.playback.timeline.pauseBefore(index));
  return pauseMs === undefined ? null : (
    <p class="pause-line">
      <span>{pauseWords(pauseMs)}</span>
    </p>
  );
}
