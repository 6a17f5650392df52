/** The line that stands for what the agent did between a prompt and its reply; opens it in place, and folds it again. */

import type { WorkGroup } from "../../protocol/messages";
import { foldKey } from "../store/eventPlace";
import type { ReplayStore } from "../store/replayStore";
import { HEAD_FIELD } from "../store/work";
import { Icon } from "./Icon";
import { useTold } from "./useTold";
import { type WorkPhase, workWords } from "./workWords";

export function WorkHead({ store, group }: { store: ReplayStore; group: WorkGroup }) {
  const { work } = store.reading;
  const place = { index: group.first, field: HEAD_FIELD };
  const isCurrent = store.current?.index === place.index && store.current.field === place.field;
  const phase = useTold(store, () => phaseOf(store, group));
  const { words, failed } = workWords(group, phase);
  const toggle = (): void => {
    store.layout.holdRow(group.first);
    work.toggle(group);
    store.save();
  };
  return (
    <article
      class="event event-work"
      data-event={foldKey(place)}
      tabIndex={isCurrent ? 0 : -1}
      aria-posinset={group.first + 1}
      aria-setsize={store.recordCount}
      aria-label={[...words, failed].filter(Boolean).join(", ")}
    >
      <span class="event-icon">
        <Icon name="work" />
      </span>
      <div class="event-main">
        <button
          type="button"
          class="fold-head work-head"
          data-fold=""
          aria-expanded={work.isOpen(group)}
          onClick={toggle}
        >
          <span class="work-words">{words.join(" · ")}</span>
          {failed !== "" && <span class="fold-outcome fold-bad">{failed}</span>}
        </button>
      </div>
    </article>
  );
}

function phaseOf(store: ReplayStore, { last }: WorkGroup): WorkPhase {
  const { player } = store.playback;
  if (player.isPlaying) {
    return player.index <= last ? "ahead" : "past";
  }
  return last >= store.recordCount - 1 && store.agent.status?.activity === "working" ? "present" : "past";
}
