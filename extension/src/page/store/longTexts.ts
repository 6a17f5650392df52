/** What is loaded beyond a record on request: the rest of a long text, a raw line, a tool's whole output. */

import type { TextSlice } from "../../protocol/messages";
import type { Bridge } from "../bridge";
import type { FeedLayout } from "../list/feedLayout";
import { type EventPlace, outputKey, rawKey, textKey } from "./eventPlace";
import type { TextStore } from "./textStore";

const NOTHING: TextSlice = { value: "", totalChars: 0 };

/** What is looked at stays where it is while it grows. */
export class LongTexts {
  constructor(
    private readonly bridge: Pick<Bridge, "request">,
    private readonly texts: TextStore,
    private readonly layout: Pick<FeedLayout, "holdRow">,
  ) {}

  /** Loads more of an event's text. */
  moreText(place: EventPlace, first: TextSlice): void {
    this.layout.holdRow(place.index);
    void this.texts.more(textKey(place), first, (offset) => this.bridge.request("text", { ...place, offset }));
  }

  /** Loads a record's line as it stands in the stream, or more of it. */
  moreRaw(index: number): void {
    this.layout.holdRow(index);
    void this.texts.more(rawKey(index), NOTHING, (offset) => this.bridge.request("raw", { index, offset }));
  }

  hideRaw(index: number): void {
    this.layout.holdRow(index);
    this.texts.forget(rawKey(index));
  }

  /** Loads a tool's whole output, which is kept beside the session, or more of it. */
  moreOutput(place: EventPlace, name: string): void {
    this.layout.holdRow(place.index);
    void this.texts.more(outputKey(name), NOTHING, (offset) => this.bridge.request("attachment", { name, offset }));
  }

  hideOutput(place: EventPlace, name: string): void {
    this.layout.holdRow(place.index);
    this.texts.forget(outputKey(name));
  }
}
