/** Narrows a list of the panel to the entries with some words in them. */

import { plural } from "../../format";

interface Props {
  readonly label: string;
  readonly value: string;
  readonly onValue: (value: string) => void;
  /** How many entries are left. */
  readonly found: number;
}

export function FilterField({ label, value, onValue, found }: Props) {
  return (
    <div class="panel-filter">
      <input
        type="search"
        aria-label={label}
        placeholder={label}
        dir="auto"
        value={value}
        onInput={({ currentTarget }) => onValue(currentTarget.value)}
        onKeyDown={(event) => {
          if (event.key === "Escape" && value !== "") {
            event.preventDefault();
            event.stopPropagation();
            onValue("");
          }
        }}
      />
      <p class="visually-hidden" role="status">
        {value === "" ? "" : plural(found, "entry", "entries")}
      </p>
    </div>
  );
}
