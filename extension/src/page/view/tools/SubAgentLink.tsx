/** The way from a call to the session of the sub-agent that it began. */

import type { ReplayEvent } from "../../../protocol/messages";
import type { ReplayStore } from "../../store/replayStore";
import { Icon } from "../Icon";

interface Props {
  readonly store: ReplayStore;
  readonly call: ReplayEvent;
  readonly result: ReplayEvent | undefined;
}

/** As much of a text as can name a sub-agent: names stand at a result's beginning or its end. */
const TOLD_CHARS = 4000;

export function SubAgentLink({ store, call, result }: Props) {
  const told = result?.text.value ?? "";
  const open = (): void => {
    store.bridge
      .request("openSubAgent", {
        task: call.text.value.slice(0, TOLD_CHARS),
        told: told.slice(0, TOLD_CHARS) + told.slice(-TOLD_CHARS),
      })
      .then(({ opened }) => opened || store.notices.notify("No session of this sub-agent is known"))
      .catch(() => store.notices.notify("The sub-agent's session couldn't be opened"));
  };
  return (
    <div class="tool-link">
      <button type="button" class="text-button" onClick={open}>
        <Icon name="agent" />
        Replay sub-agent
      </button>
    </div>
  );
}
