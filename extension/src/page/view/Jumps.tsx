/** The ways to the next and the previous error and edit, wherever in the session they are. */

import type { Command } from "../keys/table";
import { Icon, type IconName } from "./Icon";

interface Kind {
  readonly icon: IconName;
  readonly name: string;
  readonly words: string;
  readonly previous: Command;
  readonly next: Command;
  readonly keys: readonly [previous: string, next: string];
}

const KINDS: readonly Kind[] = [
  {
    ...{ icon: "error", name: "Errors", words: "error", keys: ["E", "e"] },
    ...{ previous: "previousError", next: "nextError" },
  },
  {
    ...{ icon: "edit", name: "Edits", words: "edit", keys: ["D", "d"] },
    ...{ previous: "previousEdit", next: "nextEdit" },
  },
];

export function Jumps({ onCommand }: { onCommand: (command: Command) => void }) {
  return (
    <>
      {KINDS.map(({ icon, name, words, previous, next, keys }) => (
        <fieldset key={name} class="jumps">
          <legend class="visually-hidden">{name}</legend>
          <Step words={`Previous ${words}`} letter={keys[0]} icon="up" onPress={() => onCommand(previous)} />
          <Icon name={icon} />
          <Step words={`Next ${words}`} letter={keys[1]} icon="down" onPress={() => onCommand(next)} />
        </fieldset>
      ))}
    </>
  );
}

function Step(props: { words: string; letter: string; icon: IconName; onPress: () => void }) {
  return (
    <button
      type="button"
      class="icon-button jump"
      title={`${props.words} (${props.letter})`}
      aria-label={props.words}
      onClick={props.onPress}
    >
      <Icon name={props.icon} />
    </button>
  );
}
