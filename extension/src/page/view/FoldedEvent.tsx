/** An event as one telling line that opens in place. */

import { useMemo } from "preact/hooks";
import type { ReplayEvent } from "../../protocol/messages";
import { belowFolder, formatDuration } from "../format";
import { type EventPlace, foldKey } from "../store/eventPlace";
import type { ReplayStore } from "../store/replayStore";
import { imagesInLine } from "../text/imageWords";
import { type Outcome, outcomeOf, plannedOutcome, sizeOf } from "../tools/outcome";
import { EventText } from "./EventText";
import { type EventLook, isToolEvent, summaryOf } from "./eventLook";
import { Images } from "./Images";
import type { Relation } from "./relation";
import { Seen } from "./Seen";
import { ToolBody } from "./tools/ToolBody";

interface Props {
  readonly store: ReplayStore;
  readonly place: EventPlace;
  readonly event: ReplayEvent;
  readonly look: EventLook;
  readonly relation: Relation;
}

/** Shorter times are no news. */
const TOLD_MS = 500;
const NOTHING: Outcome = { text: "", isBad: false };

export function FoldedEvent(props: Props) {
  const { store, place, event, relation } = props;
  const hasBody = event.text.totalChars > 0 || event.attachment !== null || event.images > 0;
  const isOpen = hasBody && store.folds.isOpen(foldKey(place));
  const bodyId = `body-${place.index}-${place.field}`;
  if (!hasBody) {
    return (
      <div class="fold-head">
        <Line {...props} isOpen={isOpen} />
      </div>
    );
  }
  return (
    <>
      <button
        type="button"
        class="fold-head"
        data-fold=""
        aria-expanded={isOpen}
        aria-controls={isOpen ? bodyId : undefined}
        onClick={() => toggle(store, place, relation)}
      >
        <Line {...props} isOpen={isOpen} />
      </button>
      {isOpen && (
        <div class="fold-body" id={bodyId}>
          {isToolEvent(event) ? (
            <ToolBody store={store} place={place} event={event} relation={relation} />
          ) : (
            <EventText store={store} place={place} event={event} />
          )}
          {event.images > 0 && <Images store={store} place={place} event={event} />}
        </div>
      )}
    </>
  );
}

interface LineProps extends Props {
  readonly isOpen: boolean;
}

function Line(props: LineProps) {
  const { store, event, look, relation, place, isOpen } = props;
  const { partner, isJoined, isAhead } = relation;
  const isResult = event.kind === "toolResult";
  const planned = useMemo(() => (isResult ? "" : plannedOutcome(event)), [event]);
  const outcome = isResult || partner === undefined ? NOTHING : outcomeOf(event, partner.event);
  // Its call's line says it, too.
  const size = isResult && partner === undefined ? sizeOf(event, event.tool) : "";
  const isUnanswered = isToolEvent(event) && !isResult && event.partner === null && isIndexed(store, place.index);
  const images = imagesInLine(event);
  const said = useMemo(() => summaryOf(event, partner?.event.tool, isJoined), [event, partner?.event, isJoined]);
  const summary = said || images;
  const told = outcome.isBad || planned === "" ? outcome.text : planned;
  const name = isResult ? resultName(props) : look.name;
  const shown = isResult && isOpen ? (isJoined ? "" : (partner?.event.tool?.target ?? "")) : summary;
  return (
    <>
      {name !== "" && (
        <span class="fold-name" dir="auto">
          <Seen text={name} />
        </span>
      )}
      <span class="fold-summary" dir="auto">
        <Seen text={isToolEvent(event) ? belowFolder(shown, store.snapshot?.info?.cwd ?? null) : shown} />
      </span>
      {said !== "" && images !== "" && !isOpen && <span class="fold-size">{images}</span>}
      {size !== "" && <span class="fold-size">{size}</span>}
      {told !== "" && <span class={outcome.isBad ? "fold-outcome fold-bad" : "fold-outcome"}>{told}</span>}
      {!isResult && !isAhead && event.tookMs !== null && event.tookMs >= TOLD_MS && (
        <span class="fold-took">{formatDuration(event.tookMs)}</span>
      )}
      {isUnanswered && event.tool?.callId !== "" && (
        <span class="fold-outcome">{store.snapshot?.info?.isLive ? "no result yet" : "no result"}</span>
      )}
    </>
  );
}

/** A result whose call is known is told by what was called; its icon and its place say the rest. */
function resultName({ event, look, relation: { partner, isJoined }, isOpen }: LineProps): string {
  if (isJoined) {
    return isOpen ? "Result" : "";
  }
  return isOpen || partner === undefined ? look.name : event.isError ? "Failed" : "";
}

/** Whether it is known what became of a record's calls. */
function isIndexed(store: ReplayStore, index: number): boolean {
  const info = store.snapshot?.info;
  return info != null && index < info.analysedCount && info.analysedCount >= info.recordCount;
}

/** A call opens and closes with the result right below it. */
function toggle(store: ReplayStore, place: EventPlace, { partner, isJoined }: Relation): void {
  const isOpen = store.folds.isOpen(foldKey(place));
  if (partner !== undefined && isJoined && partner.event.kind === "toolResult") {
    const below = { index: partner.record.index, field: partner.event.field };
    if (store.folds.isOpen(foldKey(below)) === isOpen) {
      store.toggleFold(below);
    }
  }
  store.toggleFold(place);
}
