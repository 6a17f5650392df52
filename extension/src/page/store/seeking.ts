/** Going to a time of the session: the records there come with the answer. */

import type { TimelineSeekResult } from "../../protocol/messages";
import type { Snapshot, WindowResult } from "../../shared/messages";
import type { Bridge } from "../bridge";

export interface SeekingDeps {
  readonly bridge: Pick<Bridge, "request">;
  readonly snapshot: () => Snapshot | null;
  /** The pages of records that are here. */
  readonly pages: () => readonly number[];
  readonly take: (records: WindowResult) => void;
}

export async function seek(deps: SeekingDeps, atMs: number): Promise<TimelineSeekResult> {
  const of = contentOf(deps.snapshot());
  const { records, ...found } = await deps.bridge.request("seek", { atMs, pages: deps.pages() });
  // Positions may stand for other records by now.
  if (records !== null && contentOf(deps.snapshot()) === of) {
    deps.take(records);
  }
  return found;
}

function contentOf(snapshot: Snapshot | null): string {
  return `${snapshot?.edition} ${snapshot?.opening}`;
}
