/** The line above a sub-agent in the midst of another session: opens and folds all that it did. */

import { formatDuration, plural } from "../format";
import type { ReplayStore } from "../store/replayStore";

/** Shorter times are no news. */
const TOLD_MS = 500;

export function NestHead({ store, head }: { store: ReplayStore; head: number }) {
  const { records, tookMs } = store.reading.nests.sizeOf(head);
  const toggle = (): void => {
    store.layout.holdRow(head);
    store.reading.nests.toggle(head);
    store.save();
  };
  return (
    <button type="button" class="fold-head nested" aria-expanded={store.reading.nests.isOpen(head)} onClick={toggle}>
      <span>Sub-agent</span>
      <span class="fold-took">
        {[plural(records, "record", "records"), tookMs >= TOLD_MS ? formatDuration(tookMs) : ""]
          .filter(Boolean)
          .join(" · ")}
      </span>
    </button>
  );
}
