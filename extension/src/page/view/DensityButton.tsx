/** Switches between all of the session's events and the agent's work folded to a line. */

import type { Density } from "../../shared/messages";
import { Icon } from "./Icon";

export function DensityButton({ density, onPress }: { density: Density; onPress: () => void }) {
  return (
    <button
      type="button"
      class={density === "compact" ? "icon-button density-compact" : "icon-button"}
      title={density === "compact" ? "Compact: show everything (l)" : "Everything: fold the work between replies (l)"}
      aria-label="Compact: fold the work between prompts and replies"
      aria-pressed={density === "compact"}
      onClick={onPress}
    >
      <Icon name="layout" />
    </button>
  );
}
