/** An event's text, by its format, and the way to the rest of it where it was cut. */

import type { ComponentChildren } from "preact";
import { useMemo } from "preact/hooks";
import type { ReplayEvent } from "../../protocol/messages";
import { codePoints } from "../format";
import { type EventPlace, textKey } from "../store/eventPlace";
import type { ReplayStore } from "../store/replayStore";
import { FormattedText } from "./FormattedText";
import { MoreText } from "./MoreText";
import { WholeOutput } from "./WholeOutput";

interface Props {
  readonly store: ReplayStore;
  readonly place: EventPlace;
  readonly event: ReplayEvent;
  /** Draws the text in a form of its own. */
  readonly children?: (value: string, isWhole: boolean) => ComponentChildren;
}

export function EventText({ store, place, event, children }: Props) {
  const loaded = store.texts.get(textKey(place));
  const value = loaded?.value ?? event.text.value;
  const chars = useMemo(() => codePoints(value), [value]);
  const totalChars = loaded?.totalChars ?? event.text.totalChars;
  const isWhole = chars >= totalChars;
  return (
    <>
      {children === undefined ? (
        <FormattedText value={value} format={event.format} isWhole={isWhole} />
      ) : (
        children(value, isWhole)
      )}
      {!isWhole && (
        <MoreText
          chars={chars}
          totalChars={totalChars}
          loading={loaded?.loading ?? false}
          error={loaded?.error ?? ""}
          onMore={() => store.reading.longTexts.moreText(place, event.text)}
        />
      )}
      {event.attachment !== null && <WholeOutput store={store} place={place} name={event.attachment} />}
    </>
  );
}
