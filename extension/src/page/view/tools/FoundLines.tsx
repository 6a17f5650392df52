/** The lines that a search found in a file. The number of each leads to it in the editor. */

import { useState } from "preact/hooks";
import { isPlainPath } from "../../../shared/plainPath";
import { plural } from "../../format";
import type { ReplayStore } from "../../store/replayStore";
import type { FoundFile, FoundLine } from "../../tools/found";
import { markedPieces } from "../../tools/patternWords";
import { Seen } from "../Seen";
import { openFound } from "./openFound";
import type { Whole } from "./whole";

/** Further ones are shown on request. */
const SHOWN = 200;

interface Props {
  readonly store: ReplayStore;
  readonly file: FoundFile;
  readonly words: readonly string[];
  readonly whole: Whole;
}

export function FoundLines({ store, file, words, whole }: Props) {
  const { path, lines } = file;
  const shown = whole.isOpen ? lines : lines.slice(0, SHOWN);
  const leads = ({ isMatch, number }: FoundLine): boolean => isMatch && number !== null && isPlainPath(path);
  // Tab leads to one of the numbers, arrow keys to the others.
  const [chosen, choose] = useState<number>();
  const stop = chosen ?? shown.findIndex(leads);
  return (
    <>
      {/* biome-ignore lint/a11y/noNoninteractiveTabindex: what scrolls has to be within reach of the keyboard */}
      <pre class="code code-numbered" dir="ltr" tabIndex={0} onKeyDown={moveAmongNumbers}>
        {shown.map((line, position) => (
          <span key={position} class={line.isMatch ? "code-line" : "code-line found-around"}>
            {leads(line) ? (
              <button
                type="button"
                class="line-number"
                data-number={line.number ?? ""}
                aria-label={`Open at line ${line.number}`}
                tabIndex={position === stop ? 0 : -1}
                onFocus={() => choose(position)}
                onClick={() => openFound(store, path, line.number)}
              />
            ) : (
              <span class="line-number" data-number={line.number ?? ""} aria-hidden="true" />
            )}
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

function moveAmongNumbers(event: KeyboardEvent): void {
  const { currentTarget, target, key } = event;
  const step = { ArrowDown: 1, ArrowUp: -1 }[key];
  if (step === undefined || !(currentTarget instanceof HTMLElement) || !(target instanceof HTMLButtonElement)) {
    return;
  }
  const numbers = [...currentTarget.querySelectorAll<HTMLElement>("button.line-number")];
  event.preventDefault();
  numbers[numbers.indexOf(target) + step]?.focus();
}

export function ShowAll({ of, onClick }: { readonly of: string; readonly onClick: () => void }) {
  return (
    <div class="more">
      <button type="button" data-show-all="" class="text-button" onClick={onClick}>
        Show all {of}
      </button>
    </div>
  );
}
