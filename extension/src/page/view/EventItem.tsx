/** One event of the session: an article of the feed. */

import type { ReplayEvent, ReplayRecord } from "../../protocol/messages";
import { formatClock, isTime, plural } from "../format";
import { type EventPlace, foldKey } from "../store/eventPlace";
import type { ReplayStore } from "../store/replayStore";
import { EventText } from "./EventText";
import { type EventLook, lookOf, sizeOf, summaryOf } from "./eventLook";
import { Icon } from "./Icon";

interface Props {
  readonly store: ReplayStore;
  readonly record: ReplayRecord;
  readonly event: ReplayEvent;
}

export function EventItem({ store, record, event }: Props) {
  const place = { index: record.index, field: event.field };
  const look = lookOf(event);
  const isCurrent = store.current?.index === place.index && store.current.field === place.field;
  const time = isTime(record.timeMs) ? `, ${formatClock(record.timeMs)}` : "";
  return (
    <article
      class={`event event-${event.kind} event-${look.layout}${event.isError ? " event-failed" : ""}`}
      data-event={foldKey(place)}
      tabIndex={isCurrent ? 0 : -1}
      aria-posinset={record.index + 1}
      aria-setsize={store.recordCount}
      aria-label={`${look.name}${record.isSidechain ? " of a sub-agent" : ""}${time}`}
    >
      <span class="event-icon">
        <Icon name={event.isError ? "error" : look.icon} />
      </span>
      <div class="event-main">
        <EventBody store={store} place={place} event={event} look={look} />
        {event.images > 0 && <p class="images">{plural(event.images, "image", "images")} not shown</p>}
      </div>
    </article>
  );
}

function EventBody(props: { store: ReplayStore; place: EventPlace; event: ReplayEvent; look: EventLook }) {
  const { store, place, event, look } = props;
  switch (look.layout) {
    case "card":
    case "flow":
      return <EventText store={store} place={place} event={event} />;
    case "notice":
      return (
        <>
          <p class="notice-title">{look.name}</p>
          <EventText store={store} place={place} event={event} />
        </>
      );
    case "fold":
      return <FoldedEvent {...props} />;
  }
}

function FoldedEvent({
  store,
  place,
  event,
  look,
}: {
  store: ReplayStore;
  place: EventPlace;
  event: ReplayEvent;
  look: EventLook;
}) {
  const summary = summaryOf(event);
  const size = sizeOf(event);
  const hasBody = event.text.totalChars > 0 || event.attachment !== null;
  const isOpen = hasBody && store.folds.isOpen(foldKey(place));
  const bodyId = `body-${place.index}-${place.field}`;
  const line = (
    <>
      <span class="fold-name">{look.name}</span>
      <span class="fold-summary" dir="auto">
        {summary}
      </span>
      {size !== "" && <span class="fold-size">{size}</span>}
    </>
  );
  if (!hasBody) {
    return <div class="fold-head">{line}</div>;
  }
  return (
    <>
      <button
        type="button"
        class="fold-head"
        data-fold=""
        aria-expanded={isOpen}
        aria-controls={isOpen ? bodyId : undefined}
        onClick={() => store.toggleFold(place)}
      >
        {line}
        <Icon name="chevron" />
      </button>
      {isOpen && (
        <div class="fold-body" id={bodyId}>
          <EventText store={store} place={place} event={event} />
        </div>
      )}
    </>
  );
}
