/** What the reader finds things with: the search bar, the menu of filters, and what they leave to be seen. */

import { useEffect } from "preact/hooks";
import { formatCount, plural } from "../format";
import type { Finding as FindingStore } from "../store/finding";
import type { ReplayStore } from "../store/replayStore";
import { agentName } from "../text/agentName";
import { FilterMenu } from "./FilterMenu";
import { Icon } from "./Icon";
import { SearchBar } from "./SearchBar";

export function Finding({ store, onLeave }: { store: ReplayStore; onLeave: () => void }) {
  const { search, filters } = store.finding;
  const leave = (): void => {
    store.finding.close();
    onLeave();
  };
  return (
    <>
      {filters.isActive && <FilterNote store={store} />}
      {search.isOpen && <SearchBar search={search} onClose={leave} />}
      {filters.isMenuOpen && <FilterMenu store={store} onClose={leave} />}
    </>
  );
}

/** The ways in with a mouse, in the page's head. */
export function FindingButtons({ finding }: { finding: FindingStore }) {
  const { search, filters } = finding;
  return (
    <>
      <button
        type="button"
        class="icon-button"
        title="Search in this session (/)"
        aria-label="Search in this session"
        aria-expanded={search.isOpen}
        onClick={() => (search.isOpen ? finding.close() : finding.takes("search"))}
      >
        <Icon name="search" />
      </button>
      <button
        type="button"
        class={filters.isActive ? "icon-button filter-active" : "icon-button"}
        title="Choose what is shown (f)"
        aria-label={filters.isActive ? "Choose what is shown; filters are on" : "Choose what is shown"}
        aria-expanded={filters.isMenuOpen}
        data-filter-button=""
        onClick={() => finding.takes("filter")}
      >
        <Icon name="filter" />
      </button>
    </>
  );
}

function FilterNote({ store }: { store: ReplayStore }) {
  const { filters } = store.finding;
  const isEmpty = filters.isComplete && filters.shownCount === 0;
  const note = noteOf(store, isEmpty);
  const isKnown = filters.isComplete || filters.problem !== "";
  useEffect(() => {
    if (isKnown) {
      store.notices.say(note);
    }
    // Said once a choice was made, not as a live session grows.
  }, [filters.choice, isKnown]);
  return (
    <div class={isEmpty ? "filter-note filter-empty" : "filter-note"}>
      <span>{note}</span>
      <button type="button" class="text-button" onClick={() => filters.clear()}>
        Clear filters
      </button>
    </div>
  );
}

function noteOf(store: ReplayStore, isEmpty: boolean): string {
  const { filters } = store.finding;
  if (filters.problem !== "") {
    return filters.problem;
  }
  if (isEmpty) {
    return `Nothing in this session is what the filters show.${elsewhereNote(store)}`;
  }
  const shown = `${formatCount(filters.shownCount)} of ${plural(store.recordCount, "record", "records")}`;
  return `${filters.isComplete ? "Shown" : "Shown so far"}: ${shown}${agentNote(store)}`;
}

function elsewhereNote({ finding }: ReplayStore): string {
  const isElsewhere = finding.agents.items.some(({ isInside }) => !isInside);
  return finding.filters.choice.agents === "sub" && isElsewhere
    ? " Its sub-agents worked in sessions of their own."
    : "";
}

function agentNote({ finding }: ReplayStore): string {
  if (finding.filters.choice.agent === null) {
    return "";
  }
  const elsewhere = finding.agent?.isInside === false ? ". The rest of what it did is in a session of its own" : "";
  return `, only of ${agentName(finding.agent)}${elsewhere}`;
}
