/** What a search found, file by file; of many files each is a line at first. */

import { belowFolder, formatCount, plural } from "../../format";
import type { EventPlace } from "../../store/eventPlace";
import type { ReplayStore } from "../../store/replayStore";
import type { Found, FoundFile, FoundLine } from "../../tools/found";
import { markedPieces } from "../../tools/patternWords";
import { Icon } from "../Icon";
import { Seen } from "../Seen";
import { type Whole, wholeOf } from "./whole";

/** So many files are open at once. */
const OPEN_FILES = 4;
/** And no more lines in all. */
const OPEN_LINES = 60;
/** Further ones are shown on request. */
const SHOWN = 200;

interface Props {
  readonly store: ReplayStore;
  readonly place: EventPlace;
  readonly found: Found;
  readonly words: readonly string[];
}

export function FoundFiles({ store, place, found, words }: Props) {
  const { files, remark } = found;
  const matches = files.reduce((sum, { lines }) => sum + matchesIn(lines), 0);
  const areFolded = files.length > OPEN_FILES || files.reduce((sum, { lines }) => sum + lines.length, 0) > OPEN_LINES;
  const whole = wholeOf(store, place, "files");
  const shown = whole.isOpen ? files : files.slice(0, SHOWN);
  return (
    <div class="tool">
      <p class="tool-note">
        {matches > 0
          ? `${plural(matches, "line", "lines")} in ${plural(files.length, "file", "files")}`
          : plural(files.length, "file", "files")}
      </p>
      <ul class="found">
        {shown.map((file, position) => (
          <li key={file.path}>
            <File
              store={store}
              file={file}
              words={words}
              fold={areFolded ? wholeOf(store, place, `file ${position}`) : undefined}
              whole={wholeOf(store, place, `lines ${position}`)}
            />
          </li>
        ))}
      </ul>
      {shown.length < files.length && <ShowAll of={plural(files.length, "file", "files")} onClick={whole.open} />}
      {remark !== "" && (
        <p class="tool-note found-remark" dir="auto">
          <Seen text={remark} reading="prose" />
        </p>
      )}
    </div>
  );
}

/** `fold`: absent where all files are open. */
function File(props: {
  store: ReplayStore;
  file: FoundFile;
  words: readonly string[];
  fold: Whole | undefined;
  whole: Whole;
}) {
  const { store, file, words, fold, whole } = props;
  const head = (
    <>
      <span class="change-path" dir="auto">
        <Seen text={belowFolder(file.path, store.snapshot?.info?.cwd ?? null)} />
      </span>
      {file.lines.length > 0 && <span class="found-count">{formatCount(matchesIn(file.lines))}</span>}
    </>
  );
  if (file.lines.length === 0) {
    return <p class="found-head">{head}</p>;
  }
  return (
    <>
      {fold === undefined ? (
        <p class="found-head">{head}</p>
      ) : (
        <button
          type="button"
          class="found-head"
          data-show-all={fold.isOpen ? undefined : ""}
          aria-expanded={fold.isOpen}
          onClick={fold.open}
        >
          <Icon name="chevron" />
          {head}
        </button>
      )}
      {(fold?.isOpen ?? true) && <Lines lines={file.lines} words={words} whole={whole} />}
    </>
  );
}

function Lines({ lines, words, whole }: { lines: readonly FoundLine[]; words: readonly string[]; whole: Whole }) {
  const shown = whole.isOpen ? lines : lines.slice(0, SHOWN);
  return (
    <>
      {/* biome-ignore lint/a11y/noNoninteractiveTabindex: what scrolls has to be within reach of the keyboard */}
      <pre class="code code-numbered" dir="ltr" tabIndex={0}>
        {shown.map((line, position) => (
          <span key={position} class={line.isMatch ? "code-line" : "code-line found-around"}>
            <span class="line-number" data-number={line.number ?? ""} aria-hidden="true" />
            <span class="code-text">
              {(line.isMatch ? markedPieces(line.text, words) : [{ text: line.text, isMarked: false }]).map(
                ({ text, isMarked }, number) =>
                  isMarked ? (
                    <mark key={number} class="found-word">
                      <Seen text={text} />
                    </mark>
                  ) : (
                    <Seen key={number} text={text} />
                  ),
              )}
              {"\n"}
            </span>
          </span>
        ))}
      </pre>
      {shown.length < lines.length && <ShowAll of={plural(lines.length, "line", "lines")} onClick={whole.open} />}
    </>
  );
}

function matchesIn(lines: readonly FoundLine[]): number {
  return lines.filter((line) => line.isMatch).length;
}

function ShowAll({ of, onClick }: { readonly of: string; readonly onClick: () => void }) {
  return (
    <div class="more">
      <button type="button" data-show-all="" class="text-button" onClick={onClick}>
        Show all {of}
      </button>
    </div>
  );
}
