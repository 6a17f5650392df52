/** Tooltips for who goes by keyboard: the browser shows them under the mouse only. */

import { useEffect, useRef } from "preact/hooks";

const GAP = 6;

/** Screen readers have the words from the elements themselves. */
export function KeyTooltip() {
  const tip = useRef<HTMLDivElement>(null);
  useEffect(() => {
    const element = tip.current;
    const hide = (): void => {
      if (element !== null) {
        element.hidden = true;
      }
    };
    const onFocus = ({ target }: FocusEvent): void => {
      hide();
      if (element !== null && target instanceof HTMLElement && target.matches(":focus-visible")) {
        const words = wordsOf(target);
        if (words !== "") {
          element.textContent = words;
          element.hidden = false;
          placeBeside(element, target.getBoundingClientRect());
        }
      }
    };
    const onKey = ({ key }: KeyboardEvent): void => {
      if (key === "Escape") {
        hide();
      }
    };
    const doings = new AbortController();
    const { signal } = doings;
    document.addEventListener("focusin", onFocus, { signal });
    document.addEventListener("focusout", hide, { signal });
    document.addEventListener("pointerdown", hide, { signal });
    document.addEventListener("scroll", hide, { signal, capture: true });
    document.addEventListener("keydown", onKey, { signal });
    return () => doings.abort();
  }, []);
  return <div class="tooltip" ref={tip} hidden={true} aria-hidden="true" />;
}

/** Its own, or those of what is told within it and has no way to the focus. */
function wordsOf(target: HTMLElement): string {
  const inside = target.matches("[data-tells]") ? [...target.querySelectorAll<HTMLElement>("[title]")] : [];
  return [target, ...inside]
    .map(({ title }) => title)
    .filter((title) => title !== "")
    .join("\n");
}

/** Below it, above it where there is no room. */
function placeBeside(element: HTMLElement, target: DOMRect): void {
  const { width, height } = element.getBoundingClientRect();
  const isBelow = target.bottom + GAP + height <= innerHeight;
  const left = Math.max(GAP, Math.min(target.left, innerWidth - width - GAP));
  element.style.setProperty("left", `${left}px`);
  element.style.setProperty("top", `${isBelow ? target.bottom + GAP : Math.max(GAP, target.top - GAP - height)}px`);
}
