/** Finding things in the session: search, filters, and the files to choose from. */

import type { SubAgent, TouchedFile } from "../../protocol/messages";
import type { SavedFilter } from "../../shared/searchGuards";
import type { Bridge } from "../bridge";
import type { Command } from "../keys/table";
import { Filters, NO_FILTER } from "./filters";
import { PagedList } from "./pagedList";
import type { Lookup } from "./pairs";
import { Search } from "./search";

export interface FindingDeps {
  readonly recordCount: () => number;
  /** With all its events. */
  readonly record: Lookup;
  /** Where the reader is. */
  readonly place: () => number;
  /** Hides and shows records from one on. */
  readonly apply: (first: number, isShown: (index: number) => boolean) => void;
  readonly say: (line: string) => void;
  /** What the reader chose is to be remembered. */
  readonly onChoice: () => void;
  readonly onChange: () => void;
}

export class Finding {
  readonly search: Search;
  readonly filters: Filters;
  /** Asked for while the menu of filters is open. */
  readonly files: PagedList<TouchedFile>;
  /** Asked for then, too, and while only they, or one of them, are shown. */
  readonly agents: PagedList<SubAgent>;

  constructor(bridge: Pick<Bridge, "request">, deps: FindingDeps, saved: SavedFilter | undefined) {
    this.filters = new Filters(
      {
        request: (request) => bridge.request("filter", request),
        recordCount: deps.recordCount,
        record: deps.record,
        apply: deps.apply,
        onChoice: () => {
          deps.onChoice();
          this.search.again();
        },
        onChange: deps.onChange,
      },
      saved,
    );
    this.search = new Search({
      request: (request) => bridge.request("search", request),
      filter: () => (this.filters.isActive ? this.filters.choice : null),
      place: deps.place,
      say: deps.say,
      onChange: deps.onChange,
    });
    this.files = new PagedList({
      request: async (start) => {
        const { files, fileCount, isComplete } = await bridge.request("files", { start });
        return { items: files, total: fileCount, isComplete };
      },
      staying: () => 0,
      onChange: deps.onChange,
    });
    this.agents = new PagedList({
      request: async (start) => {
        const { agents, agentCount, isComplete } = await bridge.request("subAgents", { start });
        return { items: agents, total: agentCount, isComplete };
      },
      // One that just began may turn out to work inside the session.
      staying: (known) => Math.max(0, known - 20),
      onChange: deps.onChange,
    });
  }

  /** Whether a key was meant for it. */
  takes(command: Command): boolean {
    switch (command) {
      case "search":
        this.filters.toggleMenu(false);
        this.search.open();
        return true;
      case "nextHit":
      case "previousHit":
        this.search.go(command === "nextHit" ? 1 : -1);
        return true;
      case "filter":
        this.filters.toggleMenu();
        return true;
      default:
        return false;
    }
  }

  /** Of the session only one sub-agent, whatever was chosen before. */
  showOnly(agent: string): void {
    this.filters.choose({ ...NO_FILTER, agent });
  }

  /** The sub-agent that alone is shown, once it is known. */
  get agent(): SubAgent | undefined {
    const { agent } = this.filters.choice;
    return agent === null ? undefined : this.agents.items.find(({ key }) => key === agent);
  }

  /** Takes away what lies above the session. */
  close(): void {
    if (this.search.isOpen) {
      this.search.close();
    }
    if (this.filters.isMenuOpen) {
      this.filters.toggleMenu(false);
    }
  }

  /** The session is in this state now; in another era its records stand elsewhere, or are others. */
  sessionAt(state: string, era: string): void {
    this.filters.sessionAt(state, era);
    this.search.sessionAt(state, era);
    if (this.filters.isMenuOpen) {
      this.files.want(state, era);
    }
    const { agents, agent } = this.filters.choice;
    if (this.filters.isMenuOpen || agents === "sub" || agent !== null) {
      this.agents.want(state, era);
    }
  }
}
