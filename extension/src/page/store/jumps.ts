/** Finds the next prompt, turn, error or edit of the whole session, wherever the reader is. */

import type { ReplayEvent, ReplayJumpResult, ReplayRecord } from "../../protocol/messages";
import type { JumpRequest, PageProblem } from "../../shared/messages";
import type { EventPlace } from "./eventPlace";

export type Wanted = JumpRequest["wanted"];

export interface JumpDeps {
  readonly request: (request: JumpRequest) => Promise<ReplayJumpResult>;
  readonly recordCount: () => number;
  readonly inMemory: (index: number) => ReplayRecord | undefined;
  readonly load: (index: number) => Promise<ReplayRecord | undefined>;
  readonly filter: JumpRequest["filter"];
  /** What a filter leaves of a record: the helper tells of those of which it may leave what is wanted. */
  readonly seen: (record: ReplayRecord) => ReplayRecord;
  /** Where to go on if the reader isn't to be led to a record. */
  readonly beyond: (index: number, step: 1 | -1) => number | undefined;
}

const NAMES: Record<Wanted, string> = { prompt: "prompts", turn: "turns", error: "errors", edit: "edits" };

/** Starts at `from` itself. Where there is none, a message says so. What is in memory isn't asked for. */
export async function findJump(
  deps: JumpDeps,
  wanted: Wanted,
  from: number,
  step: 1 | -1,
  signal: AbortSignal,
): Promise<EventPlace | Pick<PageProblem, "message">> {
  const none = `No ${step === 1 ? "further" : "earlier"} ${NAMES[wanted]}`;
  let at = from;
  while (at >= 0 && at < deps.recordCount() && !signal.aborted) {
    const known = deps.inMemory(at);
    const isTold = known === undefined || isAsItStands(known) || isAside(known, wanted);
    if (isTold) {
      const direction = step === 1 ? "forward" : "back";
      const { index, isComplete } = await deps.request({ wanted, start: at, direction, filter: deps.filter });
      if (index === null) {
        return { message: isComplete ? none : `${none} so far: still being read` };
      }
      at = index;
    }
    const beyond = deps.beyond(at, step);
    if (beyond === undefined) {
      const field = fieldOf(deps, isTold ? await deps.load(at) : known, wanted);
      if (field !== undefined) {
        return { index: at, field };
      }
    }
    at = beyond ?? at + step;
  }
  return { message: none };
}

/** Of a line that is too long to be taken apart the helper knows more than its record tells. */
function isAsItStands({ events: [first, ...others] }: ReplayRecord): boolean {
  return first?.kind === "opaque" && others.length === 0;
}

/** What a sub-agent was asked and says is meant only where the session is its own, which the helper knows. */
function isAside({ isSidechain }: ReplayRecord, wanted: Wanted): boolean {
  return isSidechain && (wanted === "prompt" || wanted === "turn");
}

function fieldOf(deps: JumpDeps, record: ReplayRecord | undefined, wanted: Wanted): number | undefined {
  if (record === undefined || isAsItStands(record)) {
    return 0;
  }
  return deps.seen(record).events.find((event) => isMeant(event, wanted))?.field;
}

function isMeant({ kind, isError, tool }: ReplayEvent, wanted: Wanted): boolean {
  switch (wanted) {
    case "prompt":
      return kind === "prompt";
    case "turn":
      return kind === "prompt" || kind === "reply";
    case "error":
      return isError || kind === "error";
    case "edit":
      return kind !== "toolResult" && (tool?.action === "edit" || tool?.action === "write");
  }
}
