/** The one table of keys: what a key does, and what the help says about it. */

export type Command =
  | "nextEvent"
  | "previousEvent"
  | "forward"
  | "back"
  | "pageDown"
  | "pageUp"
  | "beforeFeed"
  | "afterFeed"
  | "start"
  | "end"
  | "toggle"
  | "menu"
  | "nextPrompt"
  | "previousPrompt"
  | "nextTurn"
  | "previousTurn"
  | "playPause"
  | "slower"
  | "faster"
  | "timing"
  | "seekBack"
  | "seekForward"
  | "seekFarBack"
  | "seekFarForward"
  | "seekTenth"
  | "panel"
  | "search"
  | "nextHit"
  | "previousHit"
  | "filter"
  | "density"
  | "nextError"
  | "previousError"
  | "nextEdit"
  | "previousEdit"
  | "copyLink"
  | "help"
  | "close";

export interface KeyBinding {
  readonly command: Command;
  /** As in `KeyboardEvent.key`; `Shift+` in front where it matters. */
  readonly keys: readonly string[];
  readonly does: string;
  /** Shown as the first key to the last. */
  readonly isRange?: boolean;
}

export const KEY_TABLE: readonly KeyBinding[] = [
  { command: "nextEvent", keys: ["j", "."], does: "Next event" },
  { command: "previousEvent", keys: ["k", ","], does: "Previous event" },
  { command: "forward", keys: ["ArrowDown"], does: "Next event, scrolling through a long one first" },
  { command: "back", keys: ["ArrowUp"], does: "Previous event, scrolling through a long one first" },
  { command: "nextPrompt", keys: ["n"], does: "Next prompt" },
  { command: "previousPrompt", keys: ["p"], does: "Previous prompt" },
  { command: "nextTurn", keys: ["]"], does: "Next turn: a prompt or a reply" },
  { command: "previousTurn", keys: ["["], does: "Previous turn" },
  { command: "nextError", keys: ["e"], does: "Next error" },
  { command: "previousError", keys: ["E"], does: "Previous error" },
  { command: "nextEdit", keys: ["d"], does: "Next edit of a file" },
  { command: "previousEdit", keys: ["D"], does: "Previous edit of a file" },
  { command: "toggle", keys: ["Enter", "o"], does: "Open or fold the event" },
  { command: "menu", keys: ["m"], does: "What can be done with the event: copy it, show its raw line" },
  { command: "pageDown", keys: ["PageDown"], does: "A page down; from an event to the next one" },
  { command: "pageUp", keys: ["Shift+Space", "PageUp"], does: "A page up; from an event to the one before" },
  { command: "beforeFeed", keys: ["Mod+home"], does: "Out of the session, to what stands before it" },
  { command: "afterFeed", keys: ["Mod+end"], does: "Out of the session, to what stands after it" },
  { command: "start", keys: ["Home"], does: "To the beginning" },
  { command: "end", keys: ["End"], does: "To the end, and follow it" },
  { command: "playPause", keys: ["Space", "K"], does: "Play or pause" },
  { command: "slower", keys: ["<"], does: "Play slower" },
  { command: "faster", keys: [">"], does: "Play faster" },
  { command: "timing", keys: ["t"], does: "Play in real time, or at an even pace" },
  { command: "seekBack", keys: ["ArrowLeft"], does: "5 seconds back" },
  { command: "seekForward", keys: ["ArrowRight"], does: "5 seconds on" },
  { command: "seekFarBack", keys: ["Shift+ArrowLeft"], does: "A tenth of the session back" },
  { command: "seekFarForward", keys: ["Shift+ArrowRight"], does: "A tenth of the session on" },
  { command: "seekTenth", keys: [..."0123456789"], isRange: true, does: "To 0 %, 10 %, … 90 % of the session" },
  { command: "panel", keys: ["b"], does: "Show or hide the panel: outline, numbers, files" },
  { command: "search", keys: ["/", "Mod+f"], does: "Search in this session" },
  { command: "nextHit", keys: ["F3", "Mod+g"], does: "Next hit" },
  { command: "previousHit", keys: ["Shift+F3", "Shift+Mod+g"], does: "Previous hit" },
  { command: "filter", keys: ["f"], does: "Choose what is shown: kinds, tools, a file, errors" },
  { command: "density", keys: ["l"], does: "Show everything, or fold the work between prompts and replies" },
  { command: "copyLink", keys: ["y"], does: "Copy a link to this moment" },
  { command: "help", keys: ["?"], does: "Show or hide these keys" },
  { command: "close", keys: ["Escape"], does: "Close this, or stop looking for a prompt" },
];

const KEYCAPS: Readonly<Record<string, string>> = {
  ArrowDown: "↓",
  ArrowUp: "↑",
  ArrowLeft: "←",
  ArrowRight: "→",
  PageDown: "Page Down",
  PageUp: "Page Up",
  Escape: "Esc",
  home: "Home",
  end: "End",
  Mod: "Ctrl / Cmd",
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
  if (press.altKey || press.isComposing) {
    return undefined;
  }
  if (press.ctrlKey || press.metaKey) {
    return commands.get(`${press.shiftKey ? "Shift+" : ""}Mod+${press.key.toLowerCase()}`);
  }
  const name = press.key === " " ? "Space" : press.key;
  if (focus.typing && name !== "Escape" && name !== "F3") {
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
