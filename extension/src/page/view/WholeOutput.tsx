/** All of a tool's output, where the transcript has only its beginning. */

import { type EventPlace, outputKey } from "../store/eventPlace";
import type { ReplayStore } from "../store/replayStore";
import { MoreText } from "./MoreText";
import { Seen } from "./Seen";

export function WholeOutput({ store, place, name }: { store: ReplayStore; place: EventPlace; name: string }) {
  const output = store.texts.get(outputKey(name));
  const more = () => store.reading.longTexts.moreOutput(place, name);
  if (output === undefined) {
    return (
      <div class="more">
        <button type="button" class="text-button" onClick={more}>
          Show all output
        </button>
      </div>
    );
  }
  return (
    <section class="raw" aria-label="All output">
      <header class="raw-head">
        <span>
          All output ·{" "}
          <bdi>
            <Seen text={name} />
          </bdi>
        </span>
        <button type="button" class="text-button" onClick={() => store.reading.longTexts.hideOutput(place, name)}>
          Hide
        </button>
      </header>
      {output.value !== "" && (
        <pre dir="auto" data-output="">
          <Seen text={output.value} />
        </pre>
      )}
      {(output.loading || output.error !== "" || output.chars < output.totalChars) && (
        <MoreText
          chars={output.chars}
          totalChars={output.totalChars}
          loading={output.loading}
          error={output.error}
          onMore={more}
        />
      )}
    </section>
  );
}
