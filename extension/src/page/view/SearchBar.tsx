/** The field that searches the session, with the way from hit to hit. */

import { useEffect, useRef } from "preact/hooks";
import { plural } from "../format";
import type { Search } from "../store/search";
import { Icon } from "./Icon";

const LEFT_OUT =
  "Output that is kept in files beside the session is searched on this machine up to 256 MB a file; in the bucket up to 4 MB a file and 64 MB in all, and what you have open. Or it is no longer there.";

export function SearchBar({ search, onClose }: { search: Search; onClose: () => void }) {
  const field = useRef<HTMLInputElement>(null);
  const { isFocusDue } = search;
  useEffect(() => {
    if (isFocusDue) {
      search.isFocusDue = false;
      field.current?.focus();
      field.current?.select();
    }
  }, [search, isFocusDue]);
  const onKeyDown = (event: KeyboardEvent): void => {
    if (event.key === "Escape") {
      onClose();
    } else if (event.key === "Enter" && event.target === field.current && !event.isComposing) {
      search.go(event.shiftKey ? -1 : 1);
    } else {
      return;
    }
    event.preventDefault();
  };
  const isWrong = search.problem !== "";
  const hasHits = search.count > 0;
  return (
    <search class="search-bar" aria-label="Search in this session" onKeyDown={onKeyDown}>
      <input
        ref={field}
        class={isWrong ? "search-field search-wrong" : "search-field"}
        type="text"
        dir="auto"
        placeholder="Search"
        aria-label="Search in this session"
        aria-invalid={isWrong}
        aria-describedby="search-status"
        autocomplete="off"
        spellcheck={false}
        maxLength={1000}
        value={search.query}
        onInput={(event) => search.type(event.currentTarget.value)}
      />
      <Toggle name="Match case" sign="Aa" isOn={search.matchCase} onToggle={(isOn) => search.setMatchCase(isOn)} />
      <Toggle name="Regular expression" sign=".*" isOn={search.isRegex} onToggle={(isOn) => search.setRegex(isOn)} />
      <output class={isWrong ? "search-status search-problem" : "search-status"} id="search-status" aria-live="off">
        {search.status}
      </output>
      {search.unsearchedOutputs > 0 && (
        <span class="search-left-out" title={LEFT_OUT}>
          {plural(search.unsearchedOutputs, "long output", "long outputs")} not searched
        </span>
      )}
      <button
        type="button"
        class="icon-button"
        title="Previous hit (Shift+Enter)"
        aria-label="Previous hit"
        aria-disabled={!hasHits}
        onClick={() => search.go(-1)}
      >
        <Icon name="up" />
      </button>
      <button
        type="button"
        class="icon-button"
        title="Next hit (Enter)"
        aria-label="Next hit"
        aria-disabled={!hasHits}
        onClick={() => search.go(1)}
      >
        <Icon name="down" />
      </button>
      <button type="button" class="icon-button" title="Close (Esc)" aria-label="Close search" onClick={onClose}>
        <Icon name="close" />
      </button>
    </search>
  );
}

interface ToggleProps {
  readonly name: string;
  readonly sign: string;
  readonly isOn: boolean;
  readonly onToggle: (isOn: boolean) => void;
}

function Toggle({ name, sign, isOn, onToggle }: ToggleProps) {
  return (
    <button
      type="button"
      class="search-toggle"
      title={name}
      aria-label={name}
      aria-pressed={isOn}
      onClick={() => onToggle(!isOn)}
    >
      {sign}
    </button>
  );
}
