/** What a tool answered, in the form that suits what it does. */

import { useMemo } from "preact/hooks";
import type { ToolCall } from "../../../protocol/messages";
import { belowFolder } from "../../format";
import type { EventPlace } from "../../store/eventPlace";
import type { ReplayStore } from "../../store/replayStore";
import { resultModelOf } from "../../tools/models";
import { Markdown } from "../Markdown";
import { Seen } from "../Seen";
import { Arguments } from "./Arguments";
import { FileLines, Output } from "./Code";
import { FoundFiles } from "./FoundFiles";
import { Pages } from "./Pages";
import { TodoList } from "./TodoList";
import { wholeOf } from "./whole";

interface Props {
  readonly store: ReplayStore;
  readonly place: EventPlace;
  /** What it answers, as far as that is known. */
  readonly call: ToolCall | undefined;
  /** The call's text; empty where it isn't known. */
  readonly asked: string;
  readonly value: string;
}

export function ResultBody({ store, place, call, asked, value }: Props) {
  const model = useMemo(() => resultModelOf(call, value, asked), [call, value, asked]);
  const whole = wholeOf(store, place, "result");
  switch (model.kind) {
    case "shell": {
      const { output, exitCode, notes } = model.result;
      return (
        <div class="tool">
          {model.found !== undefined ? (
            <FoundFiles store={store} place={place} found={model.found} words={model.words} />
          ) : output.trim() === "" ? (
            <p class="tool-note">No output</p>
          ) : (
            <Output output={output} whole={whole} />
          )}
          {(exitCode !== undefined || notes.length > 0) && (
            <p class={exitCode ? "tool-note tool-bad" : "tool-note"}>
              {[exitCode === undefined ? "" : `Exit code ${exitCode}`, ...notes].filter(Boolean).join(" · ")}
            </p>
          )}
        </div>
      );
    }
    case "file":
      return (
        <div class="tool">
          <FileLines lines={model.lines.lines} first={model.lines.first} language={model.language} whole={whole} />
          {model.lines.remark !== "" && <Output output={model.lines.remark} whole={wholeOf(store, place, "remark")} />}
        </div>
      );
    case "note":
      return (
        <p class="tool-note" dir="auto">
          <Seen text={belowFolder(model.text, store.snapshot?.info?.cwd ?? null)} />
        </p>
      );
    case "same":
      return <p class="tool-note">The same list</p>;
    case "fields":
      return (
        <div class="tool">
          {model.markdown !== "" && <Markdown source={model.markdown} />}
          {model.rest.length > 0 && <Arguments args={model.rest} />}
        </div>
      );
    case "todos":
      return <TodoList todos={model.todos} />;
    case "found":
      return <FoundFiles store={store} place={place} found={model.found} words={model.words} />;
    case "pages":
      return <Pages found={model.found} />;
    case "prose":
      return <Markdown source={model.markdown} />;
    case "other":
      return value === "" ? null : <Output output={value} whole={whole} />;
  }
}
