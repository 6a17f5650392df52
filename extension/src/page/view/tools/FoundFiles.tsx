/** What a search found, file by file; of many files each is a line at first. */

import { isPlainPath } from "../../../shared/plainPath";
import { belowFolder, formatCount, plural } from "../../format";
import type { EventPlace } from "../../store/eventPlace";
import type { ReplayStore } from "../../store/replayStore";
import { spelledOut } from "../../text/unseen";
import type { Found, FoundFile, FoundLine } from "../../tools/found";
import { Icon } from "../Icon";
import { Seen } from "../Seen";
import { FoundLines, ShowAll } from "./FoundLines";
import { openFound } from "./openFound";
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
  if (fold === undefined || file.lines.length === 0) {
    return (
      <>
        <p class="found-head">
          <Path store={store} file={file} leads={isPlainPath(file.path)} />
          <Count file={file} />
        </p>
        {file.lines.length > 0 && <FoundLines store={store} file={file} words={words} whole={whole} />}
      </>
    );
  }
  return (
    <>
      <div class="found-row">
        <button
          type="button"
          class="found-head"
          data-show-all={fold.isOpen ? undefined : ""}
          aria-expanded={fold.isOpen}
          onClick={fold.open}
        >
          <Path store={store} file={file} leads={false} />
          <Count file={file} />
        </button>
        {fold.isOpen && isPlainPath(file.path) && (
          <button
            type="button"
            class="icon-button"
            title="Open file"
            aria-label={`Open ${spelledOut(file.path)}`}
            onClick={() => openFound(store, file.path, firstLine(file))}
          >
            <Icon name="file" />
          </button>
        )}
      </div>
      {fold.isOpen && <FoundLines store={store} file={file} words={words} whole={whole} />}
    </>
  );
}

function Path({ store, file, leads }: { store: ReplayStore; file: FoundFile; leads: boolean }) {
  const shown = <Seen text={belowFolder(file.path, store.snapshot?.info?.cwd ?? null)} />;
  return leads ? (
    <button
      type="button"
      class="change-path text-button"
      dir="auto"
      title="Open file"
      onClick={() => openFound(store, file.path, firstLine(file))}
    >
      {shown}
    </button>
  ) : (
    <span class="change-path" dir="auto">
      {shown}
    </span>
  );
}

function Count({ file }: { file: FoundFile }) {
  return file.lines.length === 0 ? null : <span class="found-count">{formatCount(matchesIn(file.lines))}</span>;
}

function firstLine({ lines }: FoundFile): number | null {
  return lines.find(({ isMatch }) => isMatch)?.number ?? null;
}

function matchesIn(lines: readonly FoundLine[]): number {
  return lines.filter((line) => line.isMatch).length;
}
