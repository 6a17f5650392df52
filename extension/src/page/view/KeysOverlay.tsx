/** The help on keys, made from the table that the keys themselves come from. */

import { useEffect, useRef } from "preact/hooks";
import { KEY_TABLE, keycaps } from "../keys/table";
import { Icon } from "./Icon";

export function KeysOverlay({ onClose }: { onClose: () => void }) {
  const dialog = useRef<HTMLDialogElement>(null);
  useEffect(() => {
    const element = dialog.current;
    const onClick = (event: MouseEvent): void => {
      // The frame inside fills the dialog: a click on the dialog itself is one beside it.
      if (event.target === element) {
        element?.close();
      }
    };
    element?.addEventListener("click", onClick);
    // A modal dialog of the browser keeps the focus inside, and gives it back afterwards.
    element?.showModal();
    return () => element?.removeEventListener("click", onClick);
  }, []);
  return (
    <dialog class="keys" ref={dialog} aria-labelledby="keys-title" onClose={onClose}>
      <div class="keys-frame">
        <header class="keys-head">
          <h2 id="keys-title">Keys</h2>
          <button type="button" class="icon-button" aria-label="Close" onClick={() => dialog.current?.close()}>
            <Icon name="close" />
          </button>
        </header>
        <dl class="keys-list">
          {KEY_TABLE.map(({ command, keys, isRange, does }) => (
            <div key={command} class="keys-row">
              <dt>
                {(isRange ? [...keys.slice(0, 1), ...keys.slice(-1)] : keys).map((key, position) => (
                  <span key={key}>
                    {position > 0 && <span class="keys-or">{isRange ? " to " : " or "}</span>}
                    {keycaps(key).map((cap) => (
                      <kbd key={cap}>{cap}</kbd>
                    ))}
                  </span>
                ))}
              </dt>
              <dd>{does}</dd>
            </div>
          ))}
        </dl>
      </div>
    </dialog>
  );
}
