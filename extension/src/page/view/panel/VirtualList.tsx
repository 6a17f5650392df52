/** A long list of rows that are all equally high: only those in sight are in the document. One Tab stop; arrows move. */

import type { ComponentChildren } from "preact";
import { useEffect, useLayoutEffect, useRef, useState } from "preact/hooks";

/** Rows drawn beyond the view, on either side. */
const OVERSCAN = 8;
/** Until a row was measured. */
const ASSUMED_HEIGHT = 46;

interface Props<T> {
  readonly items: readonly T[];
  readonly label: string;
  /** The row where the reader is; the list goes along with it unless somebody is at the list. */
  readonly active: number | undefined;
  /** The row's content. What can be pressed in it has `tabIndex`, and its first such element `data-pick`. */
  readonly row: (item: T, tabIndex: 0 | -1, isActive: boolean) => ComponentChildren;
}

export function VirtualList<T>({ items, label, active, row }: Props<T>) {
  const scroller = useRef<HTMLDivElement>(null);
  const list = useRef<HTMLOListElement>(null);
  const [view, setView] = useState({ top: 0, height: 0 });
  const [rowHeight, setRowHeight] = useState(ASSUMED_HEIGHT);
  /** The row that the focus is on, or comes to with Tab; that of the reader until a key moved it. */
  const [moved, setMoved] = useState<number>();
  const wantsFocus = useRef(false);
  const stop = Math.min(moved ?? active ?? 0, items.length - 1);

  useLayoutEffect(() => {
    const element = scroller.current;
    if (element === null) {
      return undefined;
    }
    const look = (): void => setView({ top: element.scrollTop, height: element.clientHeight });
    const observer = new ResizeObserver(look);
    observer.observe(element);
    look();
    return () => observer.disconnect();
  }, []);

  const first = Math.max(0, Math.min(Math.floor(view.top / rowHeight), items.length) - OVERSCAN);
  const last = Math.min(items.length, Math.ceil((view.top + view.height) / rowHeight) + OVERSCAN);
  useLayoutEffect(() => {
    list.current?.style.setProperty("height", `${items.length * rowHeight}px`);
    for (const element of list.current?.children ?? []) {
      if (element instanceof HTMLElement) {
        element.style.setProperty("top", `${Number(element.dataset["item"]) * rowHeight}px`);
      }
    }
    const measured = list.current?.firstElementChild?.getBoundingClientRect().height ?? 0;
    if (measured > 0 && Math.abs(measured - rowHeight) > 0.5) {
      setRowHeight(measured);
    }
    const wanted = wantsFocus.current ? pickIn(list.current, stop) : null;
    if (wanted !== null) {
      wantsFocus.current = false;
      wanted.focus({ preventScroll: true });
    }
  });

  const reveal = (number: number): void => {
    const element = scroller.current;
    if (element !== null) {
      const top = number * rowHeight;
      element.scrollTop = Math.max(top + rowHeight - element.clientHeight, Math.min(top, element.scrollTop));
    }
  };
  useEffect(() => {
    if (active !== undefined && scroller.current?.matches(":hover, :focus-within") === false) {
      setMoved(undefined);
      reveal(active);
    }
  }, [active, rowHeight]);

  const onKey = (event: KeyboardEvent): void => {
    const page = Math.max(1, Math.floor(view.height / rowHeight) - 1);
    const to = {
      ArrowDown: stop + 1,
      ArrowUp: stop - 1,
      PageDown: stop + page,
      PageUp: stop - page,
      Home: 0,
      End: items.length,
    }[event.key];
    if (to === undefined || event.ctrlKey || event.altKey || event.metaKey || event.shiftKey) {
      return;
    }
    event.preventDefault();
    const target = Math.max(0, Math.min(items.length - 1, to));
    wantsFocus.current = true;
    setMoved(target);
    reveal(target);
  };

  return (
    <div
      class="panel-list"
      ref={scroller}
      onScroll={({ currentTarget }) => setView({ top: currentTarget.scrollTop, height: currentTarget.clientHeight })}
    >
      <ol ref={list} aria-label={label} onKeyDown={onKey}>
        {items.slice(first, last).map((item, offset) => {
          const number = first + offset;
          return (
            <li key={number} data-item={number} aria-posinset={number + 1} aria-setsize={items.length}>
              {row(item, number === stop ? 0 : -1, number === active)}
            </li>
          );
        })}
      </ol>
    </div>
  );
}

function pickIn(list: HTMLElement | null, number: number): HTMLElement | null {
  return list?.querySelector<HTMLElement>(`[data-item="${number}"] [data-pick]`) ?? null;
}
