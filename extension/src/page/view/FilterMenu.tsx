/** What is shown of the session: kinds of events, tools, one file, only errors, with or without sub-agents. */

import { useEffect, useRef } from "preact/hooks";
import type { Count, EventKind } from "../../protocol/messages";
import { formatCount } from "../format";
import type { FilterChoice, Filters } from "../store/filters";
import type { ReplayStore } from "../store/replayStore";
import { agentName } from "../text/agentName";
import { spelledOut } from "../text/unseen";
import { Icon } from "./Icon";
import { Seen } from "./Seen";

const KINDS: readonly (readonly [EventKind, string])[] = [
  ["prompt", "Prompts"],
  ["reply", "Replies"],
  ["thinking", "Thinking"],
  ["toolCall", "Tool calls"],
  ["toolResult", "Results"],
  ["subAgent", "Sub-agents' tasks"],
  ["system", "System"],
  ["compaction", "Compactions"],
  ["error", "Errors"],
  ["opaque", "Other records"],
];
const AGENTS: readonly (readonly [FilterChoice["agents"], string])[] = [
  ["all", "All of the session"],
  ["main", "Without sub-agents"],
  ["sub", "Only sub-agents"],
];
/** A list of choices gets no longer. */
const MOST_FILES = 2000;
const MOST_TOOLS = 60;
const MOST_AGENTS = 1000;
/** Before the key of one sub-agent, to tell it from the other choices. */
const ONE = "one ";

export function FilterMenu({ store, onClose }: { store: ReplayStore; onClose: () => void }) {
  const frame = useRef<HTMLElement>(null);
  const { filters } = store.finding;
  useEffect(() => frame.current?.querySelector<HTMLElement>("input")?.focus(), []);
  const statistics = store.statistics.known?.statistics;
  return (
    <section
      class="filter-menu"
      ref={frame}
      role="dialog"
      aria-label="What is shown"
      onKeyDown={(event) => {
        if (event.key === "Escape") {
          event.preventDefault();
          onClose();
        }
      }}
    >
      <header class="filter-head">
        <h2>What is shown</h2>
        <button
          type="button"
          class="text-button"
          aria-disabled={!filters.isActive}
          onClick={() => filters.isActive && filters.clear()}
        >
          Clear filters
        </button>
        <button type="button" class="icon-button" title="Close (Esc)" aria-label="Close" onClick={onClose}>
          <Icon name="close" />
        </button>
      </header>
      <Kinds filters={filters} counts={statistics?.events ?? []} />
      <label class="filter-choice">
        <input
          type="checkbox"
          checked={filters.choice.errorsOnly}
          onChange={(event) => filters.choose({ errorsOnly: event.currentTarget.checked })}
        />
        <span>Only what failed</span>
      </label>
      <label class="filter-choice">
        <input
          type="checkbox"
          checked={store.reading.bookkeeping.isShown}
          onChange={() => store.reading.bookkeeping.toggle()}
        />
        <span>Bookkeeping, too: records that show nothing but their raw lines</span>
      </label>
      <Tools filters={filters} counts={statistics?.tools ?? []} />
      <FileChoice store={store} />
      <AgentChoice store={store} />
    </section>
  );
}

function Kinds({ filters, counts }: { filters: Filters; counts: readonly Count[] }) {
  const { hiddenKinds } = filters.choice;
  const there = KINDS.filter(([kind]) => hiddenKinds.includes(kind) || countOf(counts, kind) > 0);
  return (
    <fieldset class="filter-group">
      <legend>Kinds</legend>
      {there.map(([kind, name]) => (
        <Choice
          key={kind}
          name={name}
          count={countOf(counts, kind)}
          isOn={!hiddenKinds.includes(kind)}
          onChange={() => filters.choose({ hiddenKinds: toggled(hiddenKinds, kind) })}
        />
      ))}
    </fieldset>
  );
}

function Tools({ filters, counts }: { filters: Filters; counts: readonly Count[] }) {
  const { tools } = filters.choice;
  const names = counts.map(({ name }) => name).filter((name) => name !== "");
  const gone = tools.filter((name) => !names.includes(name));
  if (names.length + gone.length === 0) {
    return null;
  }
  return (
    <fieldset class="filter-group">
      <legend>Only these tools</legend>
      {[...gone, ...names.slice(0, MOST_TOOLS)].map((name) => (
        <Choice
          key={name}
          name={name}
          count={countOf(counts, name)}
          isOn={tools.includes(name)}
          onChange={() => filters.choose({ tools: toggled(tools, name) })}
        />
      ))}
    </fieldset>
  );
}

function FileChoice({ store }: { store: ReplayStore }) {
  const { filters, files } = store.finding;
  const { path } = filters.choice;
  const paths = files.items.slice(0, MOST_FILES).map((file) => file.path);
  const all = path === null || paths.includes(path) ? paths : [path, ...paths];
  if (all.length === 0) {
    return null;
  }
  return (
    <label class="filter-row">
      <span>File</span>
      <select
        value={path ?? ""}
        onChange={(event) =>
          filters.choose({ path: event.currentTarget.value === "" ? null : event.currentTarget.value })
        }
      >
        <option value="">Any, or none</option>
        {all.map((each) => (
          <option key={each} value={each}>
            {spelledOut(each)}
          </option>
        ))}
      </select>
    </label>
  );
}

function AgentChoice({ store }: { store: ReplayStore }) {
  const { filters, agents } = store.finding;
  const { agent } = filters.choice;
  const told = agents.items.slice(0, MOST_AGENTS);
  const isTold = agent === null || told.some(({ key }) => key === agent);
  return (
    <label class="filter-row">
      <span>Agents</span>
      <select
        value={agent === null ? filters.choice.agents : `${ONE}${agent}`}
        onChange={(event) => filters.choose(agentsOf(event.currentTarget.value))}
      >
        {AGENTS.map(([value, name]) => (
          <option key={value} value={value}>
            {name}
          </option>
        ))}
        {(told.length > 0 || !isTold) && (
          <optgroup label="Only this sub-agent">
            {!isTold && <option value={`${ONE}${agent}`}>{agentName(store.finding.agent)}</option>}
            {told.map((each) => (
              <option key={each.key} value={`${ONE}${each.key}`}>
                {agentName(each)}
              </option>
            ))}
          </optgroup>
        )}
      </select>
    </label>
  );
}

interface ChoiceProps {
  readonly name: string;
  readonly count: number;
  readonly isOn: boolean;
  readonly onChange: () => void;
}

function Choice({ name, count, isOn, onChange }: ChoiceProps) {
  return (
    <label class="filter-choice">
      <input type="checkbox" checked={isOn} onChange={onChange} />
      <span class="filter-name" dir="auto">
        <Seen text={name} />
      </span>
      <span class="filter-count">{formatCount(count)}</span>
    </label>
  );
}

function countOf(counts: readonly Count[], name: string): number {
  return counts.find((each) => each.name === name)?.count ?? 0;
}

function toggled<T>(chosen: readonly T[], each: T): readonly T[] {
  return chosen.includes(each) ? chosen.filter((other) => other !== each) : [...chosen, each];
}

function agentsOf(value: string): Pick<FilterChoice, "agents" | "agent"> {
  return value.startsWith(ONE)
    ? { agents: "all", agent: value.slice(ONE.length) }
    : { agents: AGENTS.find(([agents]) => agents === value)?.[0] ?? "all", agent: null };
}
