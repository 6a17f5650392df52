/** The one table of keys: what a key does, and what the help says about it. */

export type Command =
  | "nextEvent"
  | "previousEvent"
  | "forward"
  | "back"
  | "pageDown"
  | "pageUp"
  | "start"
  | "end"
  | "toggle"
  | "nextPrompt"
  | "previousPrompt"
  | "help"
  | "close";

export interface KeyBinding {
  readonly command: Command;
  /** As in `KeyboardEvent.key`; `Shift+` in front where it matters. */
  readonly keys: readonly string[];
  readonly does: string;
}

export const KEY_TABLE: readonly KeyBinding[] = [
  { command: "nextEvent", keys: ["j"], does: "Next event" },
  { command: "previousEvent", keys: ["k"], does: "Previous event" },
  { command: "forward", keys: ["ArrowDown"], does: "Next event, scrolling through a long one first" },
  { command: "back", keys: ["ArrowUp"], does: "Previous event, scrolling through a long one first" },
  { command: "nextPrompt", keys: ["n"], does: "Next prompt" },
  { command: "previousPrompt", keys: ["p"], does: "Previous prompt" },
  { command: "toggle", keys: ["Enter", "o"], does: "Open or fold the event" },
  { command: "pageDown", keys: ["Space", "PageDown"], does: "A page down" },
  { command: "pageUp", keys: ["Shift+Space", "PageUp"], does: "A page up" },
  { command: "start", keys: ["Home"], does: "To the beginning" },
  { command: "end", keys: ["End"], does: "To the end, and follow it" },
  { command: "help", keys: ["?"], does: "Show or hide these keys" },
  { command: "close", keys: ["Escape"], does: "Close this, or stop looking for a prompt" },
];

const KEYCAPS: Readonly<Record<string, string>> = {
  ArrowDown: "↓",
  ArrowUp: "↑",
  PageDown: "Page Down",
  PageUp: "Page Up",
  Escape: "Esc",
};

/** What stands on the key, one text for each key to be held. */
export function keycaps(key: string): readonly string[] {
  return key.split("+").map((part) => KEYCAPS[part] ?? part);
}

const commands = new Map(KEY_TABLE.flatMap(({ command, keys }) => keys.map((key) => [key, command] as const)));

export interface KeyPress {
  readonly key: string;
  readonly shiftKey: boolean;
  readonly ctrlKey: boolean;
  readonly altKey: boolean;
  readonly metaKey: boolean;
  readonly isComposing: boolean;
}

/** `typing`: a text field has the focus. `activating`: a control that Space and Enter press has it. */
export function commandFor(
  press: KeyPress,
  focus: { readonly typing: boolean; readonly activating: boolean },
): Command | undefined {
  if (press.ctrlKey || press.altKey || press.metaKey || press.isComposing) {
    return undefined;
  }
  const name = press.key === " " ? "Space" : press.key;
  if (focus.typing && name !== "Escape") {
    return undefined;
  }
  if (focus.activating && (name === "Space" || name === "Enter")) {
    return undefined;
  }
  // A character says itself whether Shift was held; only for the named keys does it make another key.
  return commands.get(press.shiftKey && name.length > 1 ? `Shift+${name}` : name);
}

export function focusKind(element: Element | null): { readonly typing: boolean; readonly activating: boolean } {
  const typing =
    element !== null &&
    (element.matches("input, textarea, select") ||
      element.closest("[contenteditable=''], [contenteditable='true']") !== null);
  return { typing, activating: element?.closest("button, a, summary, [role='button'], [role='link']") != null };
}
