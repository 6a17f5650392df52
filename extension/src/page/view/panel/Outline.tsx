/** The prompts as chapters, with what each led to. */

import { useMemo, useState } from "preact/hooks";
import type { Turn } from "../../../protocol/messages";
import { formatClock, formatCompact, formatCount, formatDuration, isTime, plural } from "../../format";
import type { SidePanelStore } from "../../store/sidePanel";
import { lengthMs } from "../../store/turns";
import { spelledOut } from "../../text/unseen";
import { Icon } from "../Icon";
import { Seen } from "../Seen";
import { FilterField } from "./FilterField";
import { VirtualList } from "./VirtualList";

/** Fewer chapters than this are seen at a glance. */
const FILTER_FROM = 12;

interface Props {
  readonly panel: SidePanelStore;
  /** The record where the reader is. */
  readonly place: number;
  readonly onGo: (index: number) => void;
}

export function Outline({ panel, place, onGo }: Props) {
  const [filter, setFilter] = useState("");
  const { turns, turnList } = panel;
  const shown = useMemo(() => matching(turns.all, filter), [turns, filter]);
  if (turns.all.length === 0) {
    return <p class="panel-empty">{turnList.isKnown ? "No prompts yet" : "Reading…"}</p>;
  }
  const current = turns.all[turns.at(place) ?? -1];
  const active = current === undefined ? -1 : shown.indexOf(current);
  return (
    <>
      {turns.all.length >= FILTER_FROM && (
        <FilterField label="Filter the prompts" value={filter} onValue={setFilter} found={shown.length} />
      )}
      <VirtualList
        items={shown}
        label="Prompts"
        active={active < 0 ? undefined : active}
        row={(turn, tabIndex, isActive) => (
          <button
            type="button"
            class={`panel-row${isActive ? " panel-row-active" : ""}`}
            data-pick=""
            tabIndex={tabIndex}
            aria-current={isActive ? "location" : undefined}
            onClick={() => onGo(turn.line)}
          >
            <span class="panel-row-title" dir="auto" title={spelledOut(turn.prompt)}>
              <Seen text={turn.prompt || "Before the first prompt"} reading="prose" />
            </span>
            <Told turn={turn} />
          </button>
        )}
      />
      {turnList.total > turns.all.length && turnList.isComplete && (
        <p class="panel-note">
          The first {formatCount(turns.all.length)} of {formatCount(turnList.total)} prompts
        </p>
      )}
    </>
  );
}

function matching(turns: readonly Turn[], filter: string): readonly Turn[] {
  const words = filter.trim().toLocaleLowerCase();
  return words === "" ? turns : turns.filter(({ prompt }) => prompt.toLocaleLowerCase().includes(words));
}

function Told({ turn }: { turn: Turn }) {
  const took = lengthMs(turn);
  return (
    <span class="panel-row-facts">
      {isTime(turn.beganAtMs) && <span>{formatClock(turn.beganAtMs)}</span>}
      {took !== undefined && took >= 1000 && <span>{formatDuration(took)}</span>}
      {turn.toolCalls > 0 && <span>{plural(turn.toolCalls, "call", "calls")}</span>}
      {turn.tokens.total > 0 && <span>{formatCompact(turn.tokens.total)} tokens</span>}
      {turn.errors > 0 && (
        <span class="panel-row-errors">
          <Icon name="error" />
          {formatCount(turn.errors)}
          <span class="visually-hidden">{turn.errors === 1 ? " error" : " errors"}</span>
        </span>
      )}
    </span>
  );
}
