/** Content made once outside of Preact, and again only when `make` is another: long code is not gone through at each scroll. */

import { useLayoutEffect, useRef } from "preact/hooks";

interface Props {
  readonly class: string;
  readonly make: () => Node;
  readonly dir?: "ltr" | "auto";
}

/** Scrolls by itself where it is wide, so the keyboard has to reach it. */
export function Made({ class: name, make, dir = "ltr" }: Props) {
  const root = useRef<HTMLPreElement>(null);
  useLayoutEffect(() => root.current?.replaceChildren(make()), [make]);
  return (
    // biome-ignore lint/a11y/noNoninteractiveTabindex: what scrolls has to be within reach of the keyboard
    <pre class={name} dir={dir} ref={root} tabIndex={0} />
  );
}
