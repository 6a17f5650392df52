/** What can be done with one event: copy it, or look at its line as it stands in the stream. */

import { useLayoutEffect, useRef, useState } from "preact/hooks";
import type { ReplayEvent } from "../../protocol/messages";
import { RequestError } from "../../shared/rpc";
import { editorDeeds } from "../store/deeds";
import { type EventPlace, rawKey } from "../store/eventPlace";
import type { ReplayStore } from "../store/replayStore";
import { wholeText } from "../store/wholeText";
import { markdownOf } from "../text/copies";
import { withImages } from "../text/imageWords";

interface Props {
  readonly store: ReplayStore;
  readonly place: EventPlace;
  readonly event: ReplayEvent;
  readonly name: string;
}

interface Deed {
  readonly words: string;
  readonly run: () => void;
}

export function EventMenu(props: Props) {
  const [isOpen, setOpen] = useState(false);
  const button = useRef<HTMLButtonElement>(null);
  const close = (): void => {
    setOpen(false);
    button.current?.focus({ preventScroll: true });
  };
  return (
    <>
      <button
        type="button"
        class="menu-button"
        ref={button}
        data-menu=""
        title="More"
        aria-label={`More about ${props.name}`}
        aria-haspopup="menu"
        aria-expanded={isOpen}
        onClick={() => setOpen(!isOpen)}
      />
      {isOpen && <Menu {...props} button={button.current} onClose={close} />}
    </>
  );
}

function Menu(props: Props & { readonly button: HTMLElement | null; readonly onClose: () => void }) {
  const { button, onClose } = props;
  const root = useRef<HTMLDivElement>(null);
  useLayoutEffect(() => {
    const menu = root.current;
    if (menu === null || button === null) {
      return undefined;
    }
    menu.showPopover();
    placeBelow(menu, button.getBoundingClientRect());
    menu.querySelector("button")?.focus({ preventScroll: true });
    const onToggle = (event: Event): void => {
      if ("newState" in event && event.newState === "closed") {
        onClose();
      }
    };
    menu.addEventListener("toggle", onToggle);
    return () => menu.removeEventListener("toggle", onToggle);
  }, []);
  return (
    <div
      class="menu"
      ref={root}
      popover="auto"
      role="menu"
      tabIndex={-1}
      aria-label={`${props.name}: what to do with it`}
      onKeyDown={moveInside}
    >
      {deedsFor(props).map(({ words, run }) => (
        <button
          key={words}
          type="button"
          role="menuitem"
          class="menu-item"
          tabIndex={-1}
          onClick={() => {
            onClose();
            run();
          }}
        >
          {words}
        </button>
      ))}
    </div>
  );
}

function deedsFor({ store, place, event, name }: Props): readonly Deed[] {
  const isRawShown = store.texts.get(rawKey(place.index)) !== undefined;
  const copy = (what: string, form: (text: string) => string): void => {
    wholeText(event.text, (offset) => store.bridge.request("text", { ...place, offset }))
      .then((text) => navigator.clipboard.writeText(form(withImages(text, event))))
      .then(
        () => store.notices.notify(`Copied as ${what}`),
        (error: unknown) => store.notices.notify(RequestError.problemOf(error).message),
      );
  };
  return [
    ...(event.text.totalChars > 0 || event.images > 0
      ? [
          { words: "Copy as text", run: () => copy("text", (text) => text) },
          { words: "Copy as Markdown", run: () => copy("Markdown", (text) => markdownOf(event, name, text)) },
        ]
      : []),
    ...editorDeeds(event, sessionOf(store)).map(({ words, deed, file, told }) => ({
      words,
      run: () => {
        store.bridge.request("act", { deed, ...place, file }).then(
          ({ done }) => done && told !== "" && store.notices.notify(told),
          (error: unknown) => store.notices.notify(RequestError.problemOf(error).message),
        );
      },
    })),
    ...(event.kind === "subAgent" && event.tool?.callId
      ? [{ words: "Show only this sub-agent", run: () => store.finding.showOnly(event.tool?.callId ?? "") }]
      : []),
    {
      words: isRawShown ? "Hide raw line" : "Show raw line",
      run: () =>
        isRawShown ? store.reading.longTexts.hideRaw(place.index) : store.reading.longTexts.moreRaw(place.index),
    },
  ];
}

function sessionOf({ snapshot }: ReplayStore): { readonly isFile: boolean; readonly isOnDisk: boolean } {
  return { isFile: snapshot?.target.origin === "file", isOnDisk: snapshot?.info?.origin === "disk" };
}

/** The page's own keys don't count while the menu is open. */
function moveInside(event: KeyboardEvent): void {
  const menu = event.currentTarget;
  if (!(menu instanceof HTMLElement)) {
    return;
  }
  const items = [...menu.querySelectorAll<HTMLElement>("[role='menuitem']")];
  const at = items.findIndex((item) => item === document.activeElement);
  const targets: Readonly<Record<string, number>> = {
    ArrowDown: (at + 1) % items.length,
    ArrowUp: (at - 1 + items.length) % items.length,
    Home: 0,
    End: items.length - 1,
  };
  event.stopPropagation();
  if (event.key === "Tab") {
    menu.hidePopover();
  } else if (Object.hasOwn(targets, event.key)) {
    event.preventDefault();
    items[targets[event.key] ?? 0]?.focus();
  }
}

const GAP = 4;

/** Above the button where there is no room below it. */
function placeBelow(menu: HTMLElement, button: DOMRect): void {
  const { width, height } = menu.getBoundingClientRect();
  const isBelow = button.bottom + GAP + height <= innerHeight;
  const left = Math.min(Math.max(GAP, button.right - width), innerWidth - width - GAP);
  menu.style.setProperty("left", `${left}px`);
  menu.style.setProperty("top", `${isBelow ? button.bottom + GAP : Math.max(GAP, button.top - GAP - height)}px`);
}
