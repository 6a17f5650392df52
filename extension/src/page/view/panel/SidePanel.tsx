/** The panel beside the session: its outline, its numbers, its files. */

import { useEffect, useRef } from "preact/hooks";
import type { PanelTab } from "../../../shared/pageState";
import type { ReplayStore } from "../../store/replayStore";
import { Icon } from "../Icon";
import { Figures } from "./Figures";
import { Files } from "./Files";
import { Outline } from "./Outline";
import { Resizer } from "./Resizer";

const TABS: readonly { readonly tab: PanelTab; readonly name: string }[] = [
  { tab: "outline", name: "Outline" },
  { tab: "numbers", name: "Numbers" },
  { tab: "files", name: "Files" },
];

interface Props {
  readonly store: ReplayStore;
  readonly onGo: (index: number) => void;
}

export function SidePanel({ store, onGo }: Props) {
  const { panel } = store;
  const element = useRef<HTMLElement>(null);
  useEffect(() => {
    element.current?.style.setProperty("--panel-width", `${panel.width}px`);
  }, [panel.width]);
  useEffect(() => {
    if (panel.takeFocusDue()) {
      element.current?.querySelector<HTMLElement>("[aria-selected=true]")?.focus();
    }
  }, [panel]);
  const place = store.playback.player.index;
  return (
    <aside class="panel" ref={element} aria-label="Outline, numbers and files">
      <Resizer panel={panel} />
      <header class="panel-head">
        <Tabs selected={panel.tab} onSelect={(tab) => panel.show(tab)} />
        <button
          type="button"
          class="icon-button"
          aria-label="Close the panel"
          title="Close (b)"
          onClick={() => panel.toggle()}
        >
          <Icon name="close" />
        </button>
      </header>
      <div class="panel-body" role="tabpanel" id="panel-body" aria-labelledby={`panel-tab-${panel.tab}`}>
        {panel.tab === "outline" && <Outline panel={panel} place={place} onGo={onGo} />}
        {panel.tab === "numbers" && (
          <Figures
            panel={panel}
            told={store.statistics.known}
            playedMs={store.playback.timeline.durationMs}
            place={place}
            onGo={onGo}
          />
        )}
        {panel.tab === "files" && <Files panel={panel} cwd={store.snapshot?.info?.cwd ?? null} onGo={onGo} />}
      </div>
    </aside>
  );
}

/** One Tab stop; arrows select, as tabs do. */
function Tabs({ selected, onSelect }: { selected: PanelTab; onSelect: (tab: PanelTab) => void }) {
  const list = useRef<HTMLDivElement>(null);
  const onKey = (event: KeyboardEvent): void => {
    const step = { ArrowRight: 1, ArrowLeft: -1 }[event.key];
    if (step === undefined || event.shiftKey || event.ctrlKey || event.altKey || event.metaKey) {
      return;
    }
    event.preventDefault();
    const at = TABS.findIndex(({ tab }) => tab === selected);
    const next = TABS[(at + step + TABS.length) % TABS.length];
    if (next !== undefined) {
      onSelect(next.tab);
      list.current?.querySelector<HTMLElement>(`#panel-tab-${next.tab}`)?.focus();
    }
  };
  return (
    <div class="panel-tabs" ref={list} role="tablist" aria-label="What the panel shows" tabIndex={-1} onKeyDown={onKey}>
      {TABS.map(({ tab, name }) => (
        <button
          key={tab}
          type="button"
          role="tab"
          id={`panel-tab-${tab}`}
          class="panel-tab"
          aria-selected={tab === selected}
          aria-controls="panel-body"
          tabIndex={tab === selected ? 0 : -1}
          onClick={() => onSelect(tab)}
        >
          {name}
        </button>
      ))}
    </div>
  );
}
