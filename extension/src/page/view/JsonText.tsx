/** A tool's input: its arguments one by one when it is an object, else as it is. */

import { useMemo } from "preact/hooks";
import { isObject } from "../../shared/shape";

/** Longer values get lines of their own. */
const INLINE_CHARS = 100;

type Argument = readonly [name: string, value: string];

/** `undefined` when the text isn't a whole JSON object. */
export function argumentsOf(text: string): readonly Argument[] | undefined {
  let parsed: unknown;
  try {
    parsed = JSON.parse(text);
  } catch {
    return undefined;
  }
  return isObject(parsed) ? Object.entries(parsed).map(([name, value]) => [name, show(value)]) : undefined;
}

function show(value: unknown): string {
  return typeof value === "string" ? value : (JSON.stringify(value, null, 2) ?? "");
}

export function JsonText({ value, isWhole }: { value: string; isWhole: boolean }) {
  const args = useMemo(() => (isWhole ? argumentsOf(value) : undefined), [value, isWhole]);
  if (args === undefined) {
    return (
      <pre class="plain" dir="auto">
        {value}
      </pre>
    );
  }
  if (args.length === 0) {
    return <p class="no-arguments">No arguments</p>;
  }
  return (
    <dl class="arguments">
      {args.map(([name, text]) => {
        const isInline = text.length <= INLINE_CHARS && !text.includes("\n");
        return (
          <div key={name} class={isInline ? "argument argument-inline" : "argument"}>
            <dt>{name}</dt>
            <dd>
              <pre dir="auto">{text}</pre>
            </dd>
          </div>
        );
      })}
    </dl>
  );
}
