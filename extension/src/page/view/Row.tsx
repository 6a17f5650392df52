/** A record: its time, its events, and its raw line where it is looked at. Until it is loaded, the room it will take. */

import { useLayoutEffect, useRef } from "preact/hooks";
import type { ReplayRecord } from "../../protocol/messages";
import { formatClock, formatDate, isTime } from "../format";
import { rawKey } from "../store/eventPlace";
import { modelBefore } from "../store/models";
import { isOfSubAgent } from "../store/nesting";
import type { ReplayStore } from "../store/replayStore";
import { EventItem } from "./EventItem";
import { NestHead } from "./NestHead";
import { PauseLine } from "./PauseLine";
import { RawLine } from "./RawLine";
import { relationOf } from "./relation";
import { STANDING_WORDS } from "./standing";

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
  const { player } = store.playback;
  useLayoutEffect(
    () => (element.current === null ? undefined : store.layout.observe(element.current, index)),
    [store, index],
  );
  const lookup = (at: number): ReplayRecord | undefined => store.record(at);
  const [first] = record.events;
  const isNested = record.isSidechain && !isOfSubAgent(store.snapshot?.target);
  const modelGone = modelBefore(lookup, record);
  const classes = [
    ...["row", `row-${first?.kind ?? "opaque"}`],
    ...(isNested ? ["row-nested"] : []),
    ...(record.standing === "own" ? [] : ["row-apart"]),
    ...(player.isInUse && player.index === index ? ["row-playhead"] : []),
    ...(first?.kind === "toolResult" && relationOf(lookup, record, first).isJoined ? ["row-joined"] : []),
  ];
  return (
    <div class={classes.join(" ")} ref={element}>
      <PauseLine store={store} index={index} />
      <RowTime record={record} />
      <div class="row-main">
        {modelGone !== undefined && (
          <p class="model-change">
            {record.model} <span class="model-before">after {modelGone}</span>
          </p>
        )}
        {record.standing !== "own" && lookup(index - 1)?.standing !== record.standing && (
          <p class="apart">{STANDING_WORDS[record.standing]}</p>
        )}
        {isNested && store.reading.nests.headOf(record) === index && <NestHead store={store} head={index} />}
        {record.events.map((event) => (
          <EventItem key={event.field} store={store} record={record} event={event} isNested={isNested} />
        ))}
        {store.texts.get(rawKey(index)) !== undefined && (
          <RawLine store={store} index={index} bytes={record.rawBytes} />
        )}
      </div>
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
