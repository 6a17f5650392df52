/** Looks through the whole session for what the reader wants to see next. */

import type { JumpRequest, PageProblem } from "../../shared/messages";
import { RequestError } from "../../shared/rpc";
import { formatCount } from "../format";
import type { EventPlace } from "../store/eventPlace";
import { findJump } from "../store/jumps";
import { findPrompt, promptIn, turnIn } from "../store/promptSearch";
import type { ReplayStore } from "../store/replayStore";

export type Wanted = "prompt" | "turn" | JumpRequest["wanted"];

type Found = EventPlace | Pick<PageProblem, "message">;

/** From a record on. Where there is none, or it can't be told, a message says so. */
export async function lookFor(
  store: ReplayStore,
  wanted: Wanted,
  from: number,
  direction: 1 | -1,
  signal: AbortSignal,
): Promise<Found> {
  const looking =
    wanted === "prompt" || wanted === "turn"
      ? lookForWords(store, wanted, from, direction, signal)
      : lookForDeed(store, wanted, from, direction, signal);
  return looking.catch((error: unknown) => RequestError.problemOf(error));
}

async function lookForWords(
  store: ReplayStore,
  wanted: "prompt" | "turn",
  from: number,
  direction: 1 | -1,
  signal: AbortSignal,
): Promise<Found> {
  const { work } = store.reading;
  const { filters } = store.finding;
  const placeIn = wanted === "prompt" ? promptIn : turnIn;
  const found = await findPrompt(
    {
      cached: (index) => store.record(index),
      request: (start, count) => store.bridge.request("window", { start, count }),
      recordCount: () => store.recordCount,
      onProgress: (index) => {
        if (!signal.aborted) {
          store.notices.show(`Looking for a ${wanted}… record ${formatCount(index)}`);
        }
      },
    },
    from,
    direction,
    signal,
    (record) => {
      // What is said in between is part of the work that it is folded into.
      const isOut = filters.hides(record.index) || (wanted === "turn" && work.isFolded(record.index));
      return isOut ? undefined : placeIn(filters.seen(record));
    },
  );
  return found ?? { message: `No ${direction === 1 ? "later" : "earlier"} ${wanted}` };
}

/** The helper knows where errors and edits are. */
function lookForDeed(
  store: ReplayStore,
  wanted: JumpRequest["wanted"],
  from: number,
  direction: 1 | -1,
  signal: AbortSignal,
): Promise<Found> {
  return findJump(
    {
      request: (request) => store.bridge.request("jump", request),
      record: async (index) =>
        store.record(index) ?? (await store.bridge.request("window", { start: index, count: 1 })).records[0],
      filter: store.finding.filters.saved ?? null,
      isLeftOut: (index) => store.layout.isHidden(index) && !store.reading.work.isFolded(index),
    },
    wanted,
    from,
    direction,
    signal,
  );
}
