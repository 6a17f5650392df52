/** A record: its time, its events, and the way to its raw line. Until it is loaded, the room it will take. */

import { useLayoutEffect, useRef } from "preact/hooks";
import type { ReplayRecord } from "../../protocol/messages";
import { formatClock, formatDate, isTime } from "../format";
import { rawKey } from "../store/eventPlace";
import type { ReplayStore } from "../store/replayStore";
import { EventItem } from "./EventItem";
import { Icon } from "./Icon";
import { RawLine } from "./RawLine";

export function Row({ store, index }: { store: ReplayStore; index: number }) {
  const record = store.record(index);
  return record === undefined ? (
    <PendingRow store={store} index={index} />
  ) : (
    <LoadedRow store={store} record={record} />
  );
}

function PendingRow({ store, index }: { store: ReplayStore; index: number }) {
  const element = useRef<HTMLDivElement>(null);
  const height = store.layout.height(index);
  useLayoutEffect(() => {
    element.current?.style.setProperty("height", `${height}px`);
  }, [height]);
  return (
    <div class="row row-pending" ref={element} aria-hidden="true">
      <span class="bone" />
    </div>
  );
}

function LoadedRow({ store, record }: { store: ReplayStore; record: ReplayRecord }) {
  const element = useRef<HTMLDivElement>(null);
  const { index } = record;
  useLayoutEffect(
    () => (element.current === null ? undefined : store.layout.observe(element.current, index)),
    [store, index],
  );
  const first = record.events[0]?.kind ?? "opaque";
  const isRawShown = store.texts.get(rawKey(index)) !== undefined;
  return (
    <div class={`row row-${first}${record.isSidechain ? " row-sidechain" : ""}`} ref={element}>
      <RowTime record={record} />
      <div class="row-main">
        {record.isSidechain && <p class="sidechain">Sub-agent</p>}
        {record.events.map((event) => (
          <EventItem key={event.field} store={store} record={record} event={event} />
        ))}
        {isRawShown && <RawLine store={store} index={index} bytes={record.rawBytes} />}
      </div>
      <button
        type="button"
        class="raw-button"
        title={isRawShown ? "Hide raw line" : "Show raw line"}
        aria-label={`${isRawShown ? "Hide" : "Show"} raw line ${index + 1}`}
        aria-pressed={isRawShown}
        onClick={() => (isRawShown ? store.hideRaw(index) : store.moreRaw(index))}
      >
        <Icon name="opaque" />
      </button>
    </div>
  );
}

function RowTime({ record }: { record: ReplayRecord }) {
  const { timeMs, model } = record;
  if (!isTime(timeMs)) {
    return <span class="time" />;
  }
  return (
    <time
      class="time"
      dateTime={new Date(timeMs).toISOString()}
      title={model ? `${formatDate(timeMs)}\n${model}` : formatDate(timeMs)}
    >
      {formatClock(timeMs)}
    </time>
  );
}
