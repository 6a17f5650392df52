/** Code, output, file lines and diffs, cut where they are long. */

import { useMemo } from "preact/hooks";
import { plural } from "../../format";
import { codeFragment, diffFragment, numberedFragment, outputFragment } from "../../text/fragments";
import type { DiffLine } from "../../tools/diffLines";
import { Made } from "../Made";
import { useColoured } from "../useColours";
import type { Whole } from "./whole";

/** Longer ones are cut, and opened on request. */
const SHOWN_LINES = 200;

export function Code({ code, language: known }: { code: string; language: string | undefined }) {
  const language = useColoured(known);
  const make = useMemo(() => () => codeFragment(code, language), [code, language]);
  return <Made class="code" make={make} />;
}

export function Output({ output, whole }: { output: string; whole: Whole }) {
  const shown = useMemo(() => (whole.isOpen ? output : firstLines(output)), [output, whole.isOpen]);
  const make = useMemo(() => () => outputFragment(shown), [shown]);
  return (
    <>
      <Made class="code code-output" make={make} dir="auto" />
      {shown.length < output.length && <ShowAll count={output.split("\n").length} whole={whole} />}
    </>
  );
}

export function FileLines(props: {
  lines: readonly string[];
  first: number;
  language: string | undefined;
  whole: Whole;
}) {
  const { lines, first, whole } = props;
  const language = useColoured(props.language);
  const shown = useMemo(() => (whole.isOpen ? lines : lines.slice(0, SHOWN_LINES)), [lines, whole.isOpen]);
  const make = useMemo(() => () => numberedFragment(shown, first, language), [shown, first, language]);
  return (
    <>
      <Made class="code code-numbered" make={make} />
      {shown.length < lines.length && <ShowAll count={lines.length} whole={whole} />}
    </>
  );
}

export function Diff(props: { lines: readonly DiffLine[]; language: string | undefined; whole: Whole }) {
  const { lines, whole } = props;
  const language = useColoured(props.language);
  const shown = useMemo(() => (whole.isOpen ? lines : lines.slice(0, SHOWN_LINES)), [lines, whole.isOpen]);
  const make = useMemo(() => () => diffFragment(shown, language), [shown, language]);
  return (
    <>
      <Made class="code diff" make={make} />
      {shown.length < lines.length && <ShowAll count={lines.length} whole={whole} />}
    </>
  );
}

function ShowAll({ count, whole }: { count: number; whole: Whole }) {
  return (
    <div class="more">
      <button type="button" data-show-all="" class="text-button" onClick={whole.open}>
        Show all {plural(count, "line", "lines")}
      </button>
    </div>
  );
}

function firstLines(text: string): string {
  let end = -1;
  for (let line = 0; line < SHOWN_LINES; line += 1) {
    end = text.indexOf("\n", end + 1);
    if (end === -1) {
      return text;
    }
  }
  return text.slice(0, end);
}
