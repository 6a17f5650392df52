/** A record's line exactly as it stands in the stream. */

import { formatBytes } from "../format";
import { rawKey } from "../store/eventPlace";
import type { ReplayStore } from "../store/replayStore";
import { MoreText } from "./MoreText";
import { Seen } from "./Seen";

export function RawLine({ store, index, bytes }: { store: ReplayStore; index: number; bytes: number }) {
  const raw = store.texts.get(rawKey(index));
  if (raw === undefined) {
    return null;
  }
  return (
    <section class="raw" aria-label={`Raw line of record ${index + 1}`}>
      <header class="raw-head">
        <span>
          Raw line {index + 1} · {formatBytes(bytes)}
        </span>
        <button type="button" class="text-button" onClick={() => store.reading.longTexts.hideRaw(index)}>
          Hide
        </button>
      </header>
      {raw.value !== "" && (
        <pre dir="ltr">
          <Seen text={raw.value} />
        </pre>
      )}
      {(raw.loading || raw.error !== "" || raw.chars < raw.totalChars) && (
        <MoreText
          chars={raw.chars}
          totalChars={raw.totalChars}
          loading={raw.loading}
          error={raw.error}
          onMore={() => store.reading.longTexts.moreRaw(index)}
        />
      )}
    </section>
  );
}
