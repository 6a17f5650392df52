/** Finds the next error or edit of the whole session, wherever the reader is. */

import type { ReplayEvent, ReplayJumpResult, ReplayRecord } from "../../protocol/messages";
import type { JumpRequest, PageProblem } from "../../shared/messages";
import type { EventPlace } from "./eventPlace";

export interface JumpDeps {
  readonly request: (request: JumpRequest) => Promise<ReplayJumpResult>;
  readonly record: (index: number) => Promise<ReplayRecord | undefined>;
  readonly filter: JumpRequest["filter"];
  /** The helper tells of records that a filter may show; whether it does is known here. */
  readonly isLeftOut: (index: number) => boolean;
}

const NONE = {
  error: { forward: "No further errors", back: "No earlier errors" },
  edit: { forward: "No further edits", back: "No earlier edits" },
} as const;

/** Starts at `from` itself. Where there is none, a message says so. */
export async function findJump(
  deps: JumpDeps,
  wanted: JumpRequest["wanted"],
  from: number,
  step: 1 | -1,
  signal: AbortSignal,
): Promise<EventPlace | Pick<PageProblem, "message">> {
  const direction = step === 1 ? "forward" : "back";
  let start = from;
  while (start >= 0 && !signal.aborted) {
    const { index, isComplete } = await deps.request({ wanted, start, direction, filter: deps.filter });
    if (index === null) {
      const isSure = isComplete || direction === "back";
      return { message: isSure ? NONE[wanted][direction] : `${NONE[wanted][direction]} so far: still being read` };
    }
    if (!deps.isLeftOut(index)) {
      return placeOf(await deps.record(index), index, wanted);
    }
    start = index + step;
  }
  return { message: NONE[wanted][direction] };
}

function placeOf(record: ReplayRecord | undefined, index: number, wanted: JumpRequest["wanted"]): EventPlace {
  const event = record?.events.find(wanted === "error" ? isError : isEdit);
  return { index, field: event?.field ?? 0 };
}

function isError(event: ReplayEvent): boolean {
  return event.isError || event.kind === "error";
}

function isEdit({ kind, tool }: ReplayEvent): boolean {
  return kind !== "toolResult" && (tool?.action === "edit" || tool?.action === "write");
}
