/** Where a time of the session's axis is, with the records to be shown there. */

import type { SeekRequest, SeekResult } from "../shared/messages";
import { PAGE_RECORDS, pagesOfScreen } from "../shared/pages";
import type { ReplaySession } from "./replaySession";

export async function seek(
  session: Pick<ReplaySession, "seek" | "window" | "snapshot">,
  { atMs, pages }: SeekRequest,
): Promise<SeekResult> {
  const found = await session.seek({ atMs });
  // What stands before it shows in part.
  const { start, count } = pagesOfScreen(found.index - 1, session.snapshot.info?.recordCount ?? 0);
  const known = new Set(pages);
  const [first, end] = [start / PAGE_RECORDS, (start + count) / PAGE_RECORDS];
  let isKnown = true;
  for (let page = first; page < end; page += 1) {
    isKnown &&= known.has(page);
  }
  return { ...found, records: isKnown ? null : await session.window({ start, count }) };
}
