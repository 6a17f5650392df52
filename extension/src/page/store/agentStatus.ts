/** What the agent is doing, as far as its newest records and their silence tell. */

import type { ReplayEvent, ReplayRecord } from "../../protocol/messages";
import type { WindowResult } from "../../shared/messages";

export type Activity = "working" | "waiting" | "ended";

export interface AgentStatus {
  readonly activity: Activity;
  /** What that is concluded from. */
  readonly because: string;
}

export const ACTIVITY_NAMES: Readonly<Record<Activity, string>> = {
  working: "Working",
  waiting: "Waiting for you",
  ended: "Ended",
};

/** After its last words an agent may still be composing a call: only then is its silence taken for the end of its turn. */
export const QUIET_MS = 10_000;
/** So many of the newest records are looked at. */
const TAIL_RECORDS = 24;
const ASK_INTERVAL_MS = 1000;

export const ENDED: AgentStatus = { activity: "ended", because: "Nothing was written for two minutes" };

/** By the newest records of a session that is being written; `quietMs`: for how long nothing came. */
export function statusOf(tail: readonly ReplayRecord[], quietMs: number): AgentStatus {
  const events = tail.filter((record) => !record.isSidechain).flatMap((record) => record.events);
  const answered = new Set(events.flatMap((each) => (each.kind === "toolResult" ? [each.tool?.callId ?? ""] : [])));
  const running = events.findLast((each) => isCall(each) && !isAnswered(each, answered));
  const last = events.findLast(tells);
  const isOpenCall =
    running !== undefined && events.indexOf(running) >= events.findLastIndex((each) => each.kind === "prompt");
  if (isOpenCall && !isStopped(last)) {
    const name = running.tool?.name || "A tool";
    return running.tool?.action === "ask"
      ? { activity: "waiting", because: `${name} asks you something` }
      : { activity: "working", because: `${name} has no result yet; it may need your permission` };
  }
  if (quietMs < QUIET_MS) {
    return { activity: "working", because: "Something was written just now" };
  }
  if (isStopped(last)) {
    return { activity: "waiting", because: "It was stopped, and is quiet since" };
  }
  return last?.kind === "reply"
    ? { activity: "waiting", because: "It has replied, and is quiet since" }
    : { activity: "working", because: "It has not replied yet" };
}

function isCall(event: ReplayEvent): boolean {
  return event.kind === "toolCall" || event.kind === "subAgent";
}

function isAnswered(event: ReplayEvent, answered: ReadonlySet<string>): boolean {
  const callId = event.tool?.callId ?? "";
  // What can't be told apart is taken for done: there is no saying which call a result is of.
  return event.partner !== null || callId === "" || answered.has(callId);
}

/** Whether it says something of how far the agent is; its bookkeeping doesn't. */
function tells(event: ReplayEvent): boolean {
  return event.kind !== "opaque" && (event.kind !== "system" || event.isError || event.label === "interrupted");
}

function isStopped(event: ReplayEvent | undefined): boolean {
  return event !== undefined && (event.kind === "error" || event.kind === "system");
}

export interface AgentWatchDeps {
  readonly request: (start: number, count: number) => Promise<WindowResult>;
  readonly onChange: () => void;
  /** Tells those who don't see it. */
  readonly say: (line: string) => void;
}

/** Keeps an eye on the end of a session, wherever the reader is. */
export class AgentWatch {
  #isLive = false;
  #recordCount = 0;
  #askedCount = -1;
  #tail: readonly ReplayRecord[] | undefined;
  /** By our clock: when something came last. */
  #grewAtMs = 0;
  #timer: ReturnType<typeof setTimeout> | undefined;
  #dueMs = 0;
  #status: AgentStatus | undefined;

  constructor(private readonly deps: AgentWatchDeps) {}

  /** `undefined` while it isn't known. */
  get status(): AgentStatus | undefined {
    return this.#status;
  }

  sessionAt(isLive: boolean, recordCount: number): void {
    if (recordCount !== this.#recordCount && this.#recordCount > 0) {
      this.#grewAtMs = Date.now();
    }
    this.#recordCount = recordCount;
    this.#isLive = isLive;
    if (!isLive) {
      this.#tell(ENDED);
    } else if (this.#timer === undefined) {
      this.#look();
    } else if (this.#askedCount !== recordCount) {
      this.#again(ASK_INTERVAL_MS);
    }
  }

  #look(): void {
    this.#timer = undefined;
    if (!this.#isLive) {
      return;
    }
    if (this.#askedCount !== this.#recordCount && this.#recordCount > 0) {
      this.#again(ASK_INTERVAL_MS);
      void this.#ask(this.#recordCount);
    } else if (this.#tail !== undefined) {
      this.#judge(this.#tail);
    }
  }

  async #ask(recordCount: number): Promise<void> {
    this.#askedCount = recordCount;
    const start = Math.max(0, recordCount - TAIL_RECORDS);
    try {
      const { records } = await this.deps.request(start, recordCount - start);
      // A window ends where it grows too large: the end itself is what counts.
      const end = records.at(-1)?.index ?? start;
      const rest = end < recordCount - 1 ? await this.deps.request(recordCount - 1, 1) : { records: [] };
      this.#tail = [...records, ...rest.records];
      this.#judge(this.#tail);
    } catch {
      // It stays unknown, or as it was, until something more is written.
    }
  }

  #judge(tail: readonly ReplayRecord[]): void {
    if (!this.#isLive) {
      return;
    }
    const quietMs = this.#quietMs(tail);
    this.#tell(statusOf(tail, quietMs));
    if (quietMs < QUIET_MS) {
      this.#again(QUIET_MS - quietMs);
    }
  }

  /** Since it grew as we saw it; before that, by the time that its last record tells. */
  #quietMs(tail: readonly ReplayRecord[]): number {
    const toldAtMs = tail.findLast((record) => record.timeMs !== null)?.timeMs ?? 0;
    return Math.max(0, Date.now() - (this.#grewAtMs || toldAtMs));
  }

  /** Looks again after so long, or before that if it was to be. */
  #again(afterMs: number): void {
    const dueMs = Date.now() + afterMs;
    if (this.#timer === undefined || dueMs < this.#dueMs) {
      clearTimeout(this.#timer);
      this.#dueMs = dueMs;
      this.#timer = setTimeout(() => this.#look(), afterMs);
    }
  }

  #tell(status: AgentStatus): void {
    const before = this.#status;
    this.#status = status;
    if (before !== undefined && before.activity !== status.activity) {
      this.deps.say(`Agent: ${ACTIVITY_NAMES[status.activity]}`);
    }
    if (before?.because !== status.because) {
      this.deps.onChange();
    }
  }
}
