/** One event of the session: an article of the feed. */

import type { ReplayEvent, ReplayRecord } from "../../protocol/messages";
import { formatClock, isTime } from "../format";
import { foldKey } from "../store/eventPlace";
import type { ReplayStore } from "../store/replayStore";
import { spelledOut } from "../text/unseen";
import { EventMenu } from "./EventMenu";
import { EventText } from "./EventText";
import { isBoundary, lookOf } from "./eventLook";
import { FoldedEvent } from "./FoldedEvent";
import { Icon } from "./Icon";
import { Images } from "./Images";
import { relationIn } from "./relation";
import { Seen } from "./Seen";
import { standingSuffix } from "./standing";

interface Props {
  readonly store: ReplayStore;
  readonly record: ReplayRecord;
  readonly event: ReplayEvent;
  /** An event of a sub-agent in the midst of another session. */
  readonly isNested: boolean;
}

export function EventItem({ store, record, event, isNested }: Props) {
  const place = { index: record.index, field: event.field };
  const relation = relationIn(store, record, event);
  const standing = store.finding.filters.standingAt(record.index);
  const look = lookOf(event, relation.partner?.event.tool);
  const isCurrent = store.current?.index === place.index && store.current.field === place.field;
  const time = isTime(record.timeMs) ? `, ${formatClock(record.timeMs)}` : "";
  const classes = [
    ...["event", `event-${event.kind}`, `event-${look.layout}`],
    ...(event.isError ? ["event-failed"] : []),
    ...(relation.isJoined ? ["event-joined"] : []),
    ...(isBoundary(event) ? ["event-boundary"] : []),
  ];
  return (
    <article
      class={classes.join(" ")}
      data-event={foldKey(place)}
      tabIndex={isCurrent ? 0 : -1}
      aria-posinset={standing.position}
      aria-setsize={standing.count}
      aria-label={`${spelledOut(look.name)}${isNested ? " of a sub-agent" : ""}${time}${standingSuffix(record)}`}
    >
      <span class="event-icon">
        <Icon name={event.isError ? "error" : look.icon} />
      </span>
      <div class="event-main">
        {event.kind === "prompt" && !isNested && <h2 class="visually-hidden">Prompt</h2>}
        {look.layout === "fold" ? (
          <FoldedEvent store={store} place={place} event={event} look={look} relation={relation} />
        ) : (
          <>
            {look.layout === "notice" && (
              <p class="notice-title" dir="auto">
                <Seen text={look.name} />
              </p>
            )}
            <EventText store={store} place={place} event={event} />
            {event.images > 0 && <Images store={store} place={place} event={event} />}
          </>
        )}
      </div>
      <EventMenu store={store} place={place} event={event} name={spelledOut(look.name)} />
    </article>
  );
}
