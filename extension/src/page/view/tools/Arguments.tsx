/** Arguments one by one, short ones on a line. */

import { Seen } from "../Seen";

/** Longer values get lines of their own. */
const INLINE_CHARS = 100;

export function Arguments({ args }: { args: readonly (readonly [name: string, value: string])[] }) {
  return (
    <dl class="arguments">
      {args.map(([name, text]) => {
        const isInline = text.length <= INLINE_CHARS && !text.includes("\n");
        return (
          <div key={name} class={isInline ? "argument argument-inline" : "argument"}>
            <dt>
              <Seen text={name} />
            </dt>
            <dd>
              <pre dir="auto">
                <Seen text={text} />
              </pre>
            </dd>
          </div>
        );
      })}
    </dl>
  );
}
