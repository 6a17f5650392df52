/** What a tool was asked to do, in the form that suits what it does. */

import { useMemo } from "preact/hooks";
import type { ReplayEvent } from "../../../protocol/messages";
import { belowFolder } from "../../format";
import type { EventPlace } from "../../store/eventPlace";
import type { ReplayStore } from "../../store/replayStore";
import { todosBefore } from "../../store/todosBefore";
import { languageOf } from "../../text/languages";
import { type CallModel, callModelOf, type Question, type Rest } from "../../tools/models";
import type { FileChange } from "../../tools/patch";
import { FormattedText } from "../FormattedText";
import { Markdown } from "../Markdown";
import { Seen } from "../Seen";
import { Arguments } from "./Arguments";
import { Code, Diff } from "./Code";
import { TodoList } from "./TodoList";
import { wholeOf } from "./whole";

interface Props {
  readonly store: ReplayStore;
  readonly place: EventPlace;
  readonly event: ReplayEvent;
  readonly value: string;
  readonly isWhole: boolean;
}

/** Where everything is unless told. */
const HERE: ReadonlySet<string> = new Set(["", "."]);

export function CallBody({ store, place, event, value, isWhole }: Props) {
  const model = useMemo(
    (): CallModel => (isWhole && event.tool !== null ? callModelOf(event.tool, value) : { kind: "other" }),
    [event.tool, value, isWhole],
  );
  const before = useMemo(
    () =>
      model.kind === "todos" && model.todos.length > 1
        ? todosBefore((index) => store.wholeRecord(index), place, event.tool?.name ?? "")
        : [],
    [model],
  );
  const below = (path: string): string => belowFolder(path, store.snapshot?.info?.cwd ?? null);
  switch (model.kind) {
    case "shell":
      return (
        <div class="tool">
          {model.command.purpose !== "" && <Note>{model.command.purpose}</Note>}
          <Code code={model.command.code} language={model.command.language} />
          {!HERE.has(below(model.command.directory)) && <Fact name="in">{below(model.command.directory)}</Fact>}
          <RestOf rest={model.rest} />
        </div>
      );
    case "changes":
      return (
        <div class="tool">
          {model.files.map((file, position) => (
            <Change key={`${position} ${file.path}`} store={store} place={place} file={file} part={String(position)} />
          ))}
        </div>
      );
    case "todos":
      return (
        <div class="tool">
          {model.note !== "" && <Note>{model.note}</Note>}
          <TodoList todos={model.todos} before={before} />
        </div>
      );
    case "prose":
      return (
        <div class="tool">
          <Markdown source={model.markdown} />
          <RestOf rest={model.rest} />
        </div>
      );
    case "file":
      return (
        <div class="tool">
          {model.paths.map((path) => (
            <Fact key={path} name="file">
              {below(path)}
            </Fact>
          ))}
          {model.range !== "" && <p class="tool-note">{model.range}</p>}
          <RestOf rest={model.rest} />
        </div>
      );
    case "search":
      return (
        <div class="tool">
          <Fact name="for">{model.pattern}</Fact>
          {!HERE.has(below(model.within)) && <Fact name="in">{below(model.within)}</Fact>}
          <RestOf rest={model.rest} />
        </div>
      );
    case "address":
      return (
        <div class="tool">
          {model.address !== "" && <Fact name="address">{model.address}</Fact>}
          {model.question !== "" && <Fact name="for">{model.question}</Fact>}
          <RestOf rest={model.rest} />
        </div>
      );
    case "questions":
      return (
        <div class="tool">
          {model.questions.map((question) => (
            <Choices key={question.text} question={question} />
          ))}
        </div>
      );
    case "other":
      return <FormattedText value={value} format={event.format} isWhole={isWhole} />;
  }
}

const CHANGE_WORDS = { edited: "", created: "new file", deleted: "deleted" } as const;

function Change(props: { store: ReplayStore; place: EventPlace; file: FileChange; part: string }) {
  const { store, place, file, part } = props;
  return (
    <section class="change">
      {file.path !== "" && (
        <header class="change-head">
          <span class="change-path" dir="auto">
            <Seen
              text={belowFolder(
                file.movedTo === "" ? file.path : `${file.path} → ${file.movedTo}`,
                store.snapshot?.info?.cwd ?? null,
              )}
            />
          </span>
          {CHANGE_WORDS[file.kind] !== "" && <span class="change-kind">{CHANGE_WORDS[file.kind]}</span>}
        </header>
      )}
      {file.lines.length > 0 && (
        <Diff lines={file.lines} language={languageOf(file.path)} whole={wholeOf(store, place, part)} />
      )}
    </section>
  );
}

function Choices({ question }: { question: Question }) {
  return (
    <div class="question">
      <Note>{question.text}</Note>
      <ul>
        {question.choices.map((choice) => (
          <li key={choice} dir="auto">
            <Seen text={choice} reading="prose" />
          </li>
        ))}
      </ul>
    </div>
  );
}

function Fact({ name, children }: { name: string; children: string }) {
  return (
    <p class="tool-fact">
      <span class="tool-fact-name">{name}</span>
      <code dir="auto">
        <Seen text={children} />
      </code>
    </p>
  );
}

function Note({ children }: { children: string }) {
  return (
    <p class="tool-note" dir="auto">
      <Seen text={children} reading="prose" />
    </p>
  );
}

function RestOf({ rest }: { rest: Rest }) {
  return rest.length === 0 ? null : <Arguments args={rest} />;
}
