/** The files that tools read or wrote, and the way to where each was touched first and last. */

import { useMemo, useState } from "preact/hooks";
import type { TouchedFile } from "../../../protocol/messages";
import { formatClock, formatCount, formatDate, isTime, plural } from "../../format";
import type { SidePanelStore } from "../../store/sidePanel";
import { spelledOut } from "../../text/unseen";
import { Seen } from "../Seen";
import { FilterField } from "./FilterField";
import { VirtualList } from "./VirtualList";

/** Fewer files than this are seen at a glance. */
const FILTER_FROM = 12;

interface Props {
  readonly panel: SidePanelStore;
  /** Where the session ran: what is inside is told without it. */
  readonly cwd: string | null;
  readonly onGo: (index: number) => void;
}

export function Files({ panel, cwd, onGo }: Props) {
  const [filter, setFilter] = useState("");
  const { items, total, isComplete, isKnown } = panel.files;
  const shown = useMemo(() => matching(items, filter), [items, filter]);
  if (items.length === 0) {
    return <p class="panel-empty">{isKnown && isComplete ? "No tool has read or written a file" : "Reading…"}</p>;
  }
  return (
    <>
      {items.length >= FILTER_FROM && (
        <FilterField label="Filter the files" value={filter} onValue={setFilter} found={shown.length} />
      )}
      <VirtualList
        items={shown}
        label="Files"
        active={undefined}
        row={(file, tabIndex) => <FileRow file={file} cwd={cwd} tabIndex={tabIndex} onGo={onGo} />}
      />
      {total > items.length && isComplete && (
        <p class="panel-note">
          The first {formatCount(items.length)} of {formatCount(total)} files
        </p>
      )}
    </>
  );
}

function matching(files: readonly TouchedFile[], filter: string): readonly TouchedFile[] {
  const words = filter.trim().toLocaleLowerCase();
  return words === "" ? files : files.filter(({ path }) => path.toLocaleLowerCase().includes(words));
}

function FileRow(props: { file: TouchedFile; cwd: string | null; tabIndex: 0 | -1; onGo: (index: number) => void }) {
  const { file, cwd, tabIndex, onGo } = props;
  const { name, folder } = spelled(file.path, cwd);
  const isOnce = file.lastIndex === file.firstIndex;
  const touches = [
    file.reads > 0 ? plural(file.reads, "read", "reads") : "",
    file.writes > 0 ? plural(file.writes, "write", "writes") : "",
  ].filter((each) => each !== "");
  return (
    <div class="panel-row panel-file">
      <button
        type="button"
        class="panel-row-title"
        data-pick=""
        tabIndex={tabIndex}
        title={`${spelledOut(file.path)}\nTo where it was touched first`}
        onClick={() => onGo(file.firstIndex)}
      >
        <bdi>
          <Seen text={name} />
        </bdi>
        {folder !== "" && (
          <bdi class="panel-file-folder">
            <Seen text={folder} />
          </bdi>
        )}
      </button>
      <span class="panel-row-facts">
        <span>{touches.join(", ")}</span>
        <Touch words={isOnce ? "at" : "first"} index={file.firstIndex} atMs={file.firstAtMs} {...props} />
        {!isOnce && <Touch words="last" index={file.lastIndex} atMs={file.lastAtMs} {...props} />}
      </span>
    </div>
  );
}

function Touch({
  words,
  index,
  atMs,
  tabIndex,
  onGo,
}: {
  words: string;
  index: number;
  atMs: number | null;
  tabIndex: 0 | -1;
  onGo: (index: number) => void;
}) {
  return (
    <span>
      <button
        type="button"
        class="text-button"
        tabIndex={tabIndex}
        title={isTime(atMs) ? formatDate(atMs) : undefined}
        onClick={() => onGo(index)}
      >
        {isTime(atMs) ? `${words} ${formatClock(atMs)}` : words}
      </button>
    </span>
  );
}

/** The last part of a path, and the rest of it as briefly as it can be told. */
export function spelled(path: string, cwd: string | null): { readonly name: string; readonly folder: string } {
  const inside = cwd !== null && cwd !== "" && path.startsWith(cwd) && /^[\\/]/.test(path.slice(cwd.length));
  const told = inside ? path.slice(cwd.length + 1) : path;
  const cut = Math.max(told.lastIndexOf("/"), told.lastIndexOf("\\"));
  return cut < 0 || cut === told.length - 1
    ? { name: told, folder: "" }
    : { name: told.slice(cut + 1), folder: told.slice(0, Math.max(cut, 1)) };
}
