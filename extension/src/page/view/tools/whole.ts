/** Whether a long body is shown whole; remembered with the folds. */

import { type EventPlace, foldKey } from "../../store/eventPlace";
import type { ReplayStore } from "../../store/replayStore";

export interface Whole {
  readonly isOpen: boolean;
  readonly open: () => void;
}

/** `part` tells apart the bodies of one event. */
export function wholeOf(store: ReplayStore, place: EventPlace, part: string): Whole {
  const key = `${foldKey(place)}:all:${part}`;
  const open = (): void => {
    store.layout.holdRow(place.index);
    store.folds.toggle(key);
    store.save();
    store.changed();
  };
  return { isOpen: store.folds.isOpen(key), open };
}
