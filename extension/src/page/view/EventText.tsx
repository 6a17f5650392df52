/** An event's text, by its format, and the way to the rest of it where it was cut. */

import { useMemo } from "preact/hooks";
import type { ReplayEvent } from "../../protocol/messages";
import { codePoints } from "../format";
import { type EventPlace, textKey } from "../store/eventPlace";
import type { ReplayStore } from "../store/replayStore";
import { JsonText } from "./JsonText";
import { Markdown } from "./Markdown";
import { MoreText } from "./MoreText";
import { WholeOutput } from "./WholeOutput";

interface Props {
  readonly store: ReplayStore;
  readonly place: EventPlace;
  readonly event: ReplayEvent;
}

export function EventText({ store, place, event }: Props) {
  const loaded = store.texts.get(textKey(place));
  const value = loaded?.value ?? event.text.value;
  const chars = useMemo(() => codePoints(value), [value]);
  const totalChars = loaded?.totalChars ?? event.text.totalChars;
  return (
    <>
      <FormattedText value={value} format={event.format} isWhole={chars >= totalChars} />
      {chars < totalChars && (
        <MoreText
          chars={chars}
          totalChars={totalChars}
          loading={loaded?.loading ?? false}
          error={loaded?.error ?? ""}
          onMore={() => store.moreText(place, event.text)}
        />
      )}
      {event.attachment !== null && <WholeOutput store={store} place={place} name={event.attachment} />}
    </>
  );
}

function FormattedText(props: { value: string; format: ReplayEvent["format"]; isWhole: boolean }) {
  if (props.value === "") {
    return null;
  }
  switch (props.format) {
    case "markdown":
      return <Markdown source={props.value} />;
    case "json":
      return <JsonText value={props.value} isWhole={props.isWhole} />;
    case "plain":
      return (
        <pre class="plain" dir="auto">
          {props.value}
        </pre>
      );
  }
}
