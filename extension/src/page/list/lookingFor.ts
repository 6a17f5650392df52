/** Looks through the whole session for what the reader wants to see next. */

import type { PageProblem } from "../../shared/messages";
import { RequestError } from "../../shared/rpc";
import type { EventPlace } from "../store/eventPlace";
import { findJump, type Wanted } from "../store/jumps";
import type { ReplayStore } from "../store/replayStore";

/** From a record on. Where there is none, or it can't be told, a message says so. */
export function lookFor(
  store: ReplayStore,
  wanted: Wanted,
  from: number,
  direction: 1 | -1,
  signal: AbortSignal,
): Promise<EventPlace | Pick<PageProblem, "message">> {
  const { bridge, layout } = store;
  const { work, answers } = store.reading;
  const { filters } = store.finding;
  const jumping = findJump(
    {
      request: (request) => bridge.request("jump", request),
      recordCount: () => store.recordCount,
      inMemory: (index) => store.wholeRecord(index),
      load: async (index) =>
        store.wholeRecord(index) ?? (await bridge.request("window", { start: index, count: 1 })).records[0],
      filter: filters.saved ?? null,
      seen: (record) => filters.seen(record),
      beyond: (index, step) => {
        // What is said in between is part of the work that it is folded into.
        const group = wanted === "turn" ? work.closedAt(index) : undefined;
        if (group !== undefined) {
          return step === 1 ? group.last + 1 : group.first - 1;
        }
        const isReached = !layout.isHidden(index) || work.isFolded(index) || answers.isAway(index);
        return isReached ? undefined : index + step;
      },
    },
    wanted,
    from,
    direction,
    signal,
  );
  return jumping.catch((error: unknown) => RequestError.problemOf(error));
}
