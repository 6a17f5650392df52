/** What is behind a folded call or result: what was asked, what came back, and the way from one to the other. */

import { useEffect, useRef } from "preact/hooks";
import type { ReplayEvent } from "../../../protocol/messages";
import type { TextResult } from "../../../shared/messages";
import { type EventPlace, textKey } from "../../store/eventPlace";
import type { ReplayStore } from "../../store/replayStore";
import { EventText } from "../EventText";
import { Images } from "../Images";
import type { Relation } from "../relation";
import { CallBody } from "./CallBody";
import { ResultBody } from "./ResultBody";
import { SubAgentLink } from "./SubAgentLink";

interface Props {
  readonly store: ReplayStore;
  readonly place: EventPlace;
  readonly event: ReplayEvent;
  readonly relation: Relation;
}

/** Arguments up to this size are loaded whole when they are looked at: half of them is no diff and no list. */
const MAX_WHOLE_CHARS = 1_000_000;
const MOST_REQUESTS = 8;

export function ToolBody({ store, place, event, relation }: Props) {
  return event.kind === "toolResult" ? (
    <Result store={store} place={place} event={event} relation={relation} />
  ) : (
    <Call store={store} place={place} event={event} relation={relation} />
  );
}

function Call({ store, place, event, relation }: Props) {
  useWholeText(store, place, event);
  const { partner, isJoined, isSeen, isAhead } = relation;
  return (
    <>
      <EventText store={store} place={place} event={event}>
        {(value, isWhole) => <CallBody store={store} place={place} event={event} value={value} isWhole={isWhole} />}
      </EventText>
      {(event.kind === "subAgent" || event.tool?.action === "agent") && (
        <SubAgentLink store={store} call={event} result={partner?.event} />
      )}
      {partner !== undefined && !isSeen && (
        <div class="tool-answer">
          <span class="visually-hidden">Result</span>
          <EventText
            store={store}
            place={{ index: partner.record.index, field: partner.event.field }}
            event={partner.event}
          >
            {(value) => (
              <ResultBody {...{ store, place, value }} call={event.tool ?? undefined} asked={event.text.value} />
            )}
          </EventText>
          {partner.event.images > 0 && (
            <Images
              store={store}
              place={{ index: partner.record.index, field: partner.event.field }}
              event={partner.event}
            />
          )}
        </div>
      )}
      {event.partner !== null && !isAhead && !isJoined && (partner === undefined || isSeen) && (
        <GoTo store={store} index={event.partner} words="Go to result" />
      )}
    </>
  );
}

function Result({ store, place, event, relation }: Props) {
  const { partner, isJoined } = relation;
  const call = partner?.event.tool ?? event.tool ?? undefined;
  return (
    <>
      <EventText store={store} place={place} event={event}>
        {(value) => <ResultBody {...{ store, place, value, call }} asked={partner?.event.text.value ?? ""} />}
      </EventText>
      {!isJoined && event.partner !== null && <GoTo store={store} index={event.partner} words="Go to call" />}
    </>
  );
}

function GoTo({ store, index, words }: { store: ReplayStore; index: number; words: string }) {
  return (
    <div class="more">
      <button type="button" class="text-button" onClick={() => store.layout.hold({ kind: "row", index, offset: -12 })}>
        {words}
      </button>
    </div>
  );
}

function useWholeText(store: ReplayStore, place: EventPlace, event: ReplayEvent): void {
  const requests = useRef(0);
  const { totalChars } = event.text;
  const loaded = store.texts.get(textKey(place));
  const isCut = (loaded?.value ?? event.text.value).length < (loaded?.totalChars ?? totalChars);
  const isDue = isCut && totalChars <= MAX_WHOLE_CHARS && !loaded?.loading && !loaded?.error;
  useEffect(() => {
    if (isDue && requests.current < MOST_REQUESTS) {
      requests.current += 1;
      const request = (offset: number): Promise<TextResult> => store.bridge.request("text", { ...place, offset });
      void store.texts.more(textKey(place), event.text, request);
    }
  });
}
