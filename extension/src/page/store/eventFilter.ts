/** Which events of a record the reader's filter leaves: as the helper tells it of records, here of each event. */

import type { ReplayEvent, ReplayRecord, ToolCall } from "../../protocol/messages";
import type { FilterChoice } from "./filters";
import { type Lookup, partnerOf } from "./pairs";

/** `undefined` while the call that a result answers isn't in memory. */
type Verdict = boolean | undefined;

export class EventFilter {
  readonly #seen = new WeakMap<ReplayRecord, ReplayRecord>();

  constructor(
    private readonly choice: FilterChoice,
    private readonly lookup: Lookup,
  ) {}

  /** The record with those events; whole where none can be told to be meant. */
  seen(record: ReplayRecord): ReplayRecord {
    const known = this.#seen.get(record);
    if (known !== undefined) {
      return known;
    }
    const verdicts = record.events.map((event) => this.#shows(record, event));
    const events = record.events.filter((_, number) => verdicts[number] !== false);
    const isWhole = events.length === 0 || events.length === record.events.length;
    const seen = isWhole ? record : { ...record, events };
    if (!verdicts.includes(undefined)) {
      this.#seen.set(record, seen);
    }
    return seen;
  }

  #shows(record: ReplayRecord, event: ReplayEvent): Verdict {
    const { hiddenKinds, errorsOnly, tools, path } = this.choice;
    if (hiddenKinds.includes(event.kind) || (errorsOnly && !event.isError && event.kind !== "error")) {
      return false;
    }
    if (!this.#isOfAgent(record, event)) {
      return false;
    }
    if (tools.length === 0 && path === null) {
      return true;
    }
    return event.tool !== null && this.#isOf(record, event, event.tool);
  }

  /** A record that neither calls the sub-agent nor answers is its own, or it wouldn't be shown. */
  #isOfAgent(record: ReplayRecord, event: ReplayEvent): boolean {
    const { agent } = this.choice;
    const isAbout = ({ tool }: ReplayEvent): boolean => tool?.callId === agent;
    return agent === null || isAbout(event) || !record.events.some(isAbout);
  }

  #isOf(record: ReplayRecord, event: ReplayEvent, told: ToolCall): Verdict {
    const { tools, path } = this.choice;
    const call = event.kind === "toolResult" ? partnerOf(this.lookup, { record, event })?.event.tool : told;
    if (call == null) {
      return event.partner === null ? path === null && tools.includes(told.name) : undefined;
    }
    return (
      (tools.length === 0 || tools.includes(call.name) || tools.includes(told.name)) &&
      (path === null || call.paths.includes(path))
    );
  }
}
