/** A record: its time, its events, and its raw line where it is looked at. Until it is loaded, the room it will take. */

import { Fragment } from "preact";
import { useLayoutEffect, useRef } from "preact/hooks";
import type { ReplayRecord, WorkGroup } from "../../protocol/messages";
import { formatClock, formatDate, isTime } from "../format";
import { rawKey } from "../store/eventPlace";
import { modelBefore } from "../store/models";
import { isOfSubAgent } from "../store/nesting";
import type { Found } from "../store/pairs";
import type { ReplayStore } from "../store/replayStore";
import { spelledOut } from "../text/unseen";
import { EventItem } from "./EventItem";
import { NestHead } from "./NestHead";
import { PauseLine } from "./PauseLine";
import { RawLine } from "./RawLine";
import { relationIn } from "./relation";
import { Seen } from "./Seen";
import { STANDING_WORDS } from "./standing";
import { WorkHead } from "./WorkHead";

export function Row({ store, index }: { store: ReplayStore; index: number }) {
  const record = store.record(index);
  const folded = store.reading.work.groupOf(index);
  if (folded !== undefined && !store.reading.work.isOpen(folded)) {
    return <FoldedRow store={store} group={folded} record={record} />;
  }
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

/** Work is told of without being in memory. */
function FoldedRow(props: { store: ReplayStore; group: WorkGroup; record: ReplayRecord | undefined }) {
  const { store, group, record } = props;
  const element = useRowElement(store, group.first);
  return (
    <div class="row row-work" ref={element}>
      <PauseLine store={store} index={group.first} />
      {record === undefined ? <span class="time" /> : <RowTime record={record} />}
      <div class="row-main">
        <WorkHead store={store} group={group} />
      </div>
    </div>
  );
}

/** Has the layout know the row's height. */
function useRowElement(store: ReplayStore, index: number) {
  const element = useRef<HTMLDivElement>(null);
  useLayoutEffect(
    () => (element.current === null ? undefined : store.layout.observe(element.current, index)),
    [store, index],
  );
  return element;
}

function LoadedRow({ store, record }: { store: ReplayStore; record: ReplayRecord }) {
  const { index } = record;
  const element = useRowElement(store, index);
  const { player } = store.playback;
  const { answers } = store.reading;
  const work = store.reading.work.groupAt(index);
  const lookup = (at: number): ReplayRecord | undefined => store.wholeRecord(at);
  const [first] = record.events;
  const isNested = record.isSidechain && !isOfSubAgent(store.snapshot?.target);
  const modelGone = modelBefore(lookup, record);
  const classes = [
    ...["row", `row-${first?.kind ?? "opaque"}`],
    ...(isNested ? ["row-nested"] : []),
    ...(work === undefined ? [] : ["row-in-work"]),
    ...(record.standing === "own" ? [] : ["row-apart"]),
    ...(player.isInUse && answers.rowOf(player.index) === index ? ["row-playhead"] : []),
    ...(first?.kind === "toolResult" && relationIn(store, record, first).isJoined ? ["row-joined"] : []),
  ];
  return (
    <div class={classes.join(" ")} ref={element}>
      <PauseLine store={store} index={index} />
      <RowTime record={record} />
      <div class="row-main">
        {work?.first === index && <WorkHead store={store} group={work} />}
        {modelGone !== undefined && (
          <p class="model-change">
            <bdi>
              <Seen text={record.model ?? ""} />
            </bdi>
            <span class="model-before">
              {" after "}
              <bdi>
                <Seen text={modelGone} />
              </bdi>
            </span>
          </p>
        )}
        {record.standing !== "own" && lookup(index - 1)?.standing !== record.standing && (
          <p class="apart">{STANDING_WORDS[record.standing]}</p>
        )}
        {isNested && store.reading.nests.isHead(record) && <NestHead store={store} head={index} />}
        {record.events.map((event) => (
          <Fragment key={event.field}>
            <EventItem store={store} record={record} event={event} isNested={isNested} />
            <Answer store={store} found={answers.below(record, event)} isNested={isNested} />
          </Fragment>
        ))}
        {store.texts.get(rawKey(index)) !== undefined && (
          <RawLine store={store} index={index} bytes={record.rawBytes} />
        )}
      </div>
    </div>
  );
}

/** A result that stands elsewhere, below its call; while the session is played, from its moment on. */
function Answer(props: { store: ReplayStore; found: Found | undefined; isNested: boolean }) {
  const { store, found, isNested } = props;
  const { until } = store.playback.player;
  if (found === undefined || (until !== undefined && found.record.index > until.index)) {
    return null;
  }
  const { index, rawBytes } = found.record;
  return (
    <>
      <EventItem store={store} record={found.record} event={found.event} isNested={isNested} />
      {store.texts.get(rawKey(index)) !== undefined && <RawLine store={store} index={index} bytes={rawBytes} />}
    </>
  );
}

function RowTime({ record }: { record: ReplayRecord }) {
  const { timeMs, model } = record;
  if (!isTime(timeMs)) {
    return <span class="time" />;
  }
  /** Told when it is asked for: dates are long in the writing. */
  const tell = ({ currentTarget }: MouseEvent): void => {
    if (currentTarget instanceof HTMLElement) {
      currentTarget.title = model ? `${formatDate(timeMs)}\n${spelledOut(model)}` : formatDate(timeMs);
    }
  };
  return (
    <time class="time" dateTime={new Date(timeMs).toISOString()} onMouseEnter={tell}>
      {formatClock(timeMs)}
    </time>
  );
}
