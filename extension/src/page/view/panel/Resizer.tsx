/** The panel's edge, to be dragged, or moved with the arrow keys. */

import { MAX_WIDTH, MIN_WIDTH, type SidePanelStore } from "../../store/sidePanel";

const STEP = 24;

export function Resizer({ panel }: { panel: SidePanelStore }) {
  const onPointerMove = (event: PointerEvent & { currentTarget: HTMLElement }): void => {
    if (event.currentTarget.hasPointerCapture(event.pointerId)) {
      panel.resize(innerWidth - event.clientX);
    }
  };
  const onKey = (event: KeyboardEvent): void => {
    const step = { ArrowLeft: STEP, ArrowRight: -STEP }[event.key];
    if (step !== undefined && !event.ctrlKey && !event.altKey && !event.metaKey) {
      event.preventDefault();
      panel.resize(panel.width + step);
    }
  };
  return (
    // biome-ignore lint/a11y/useSemanticElements: a separator that can be moved, which <hr> can't
    <div
      class="panel-edge"
      role="separator"
      aria-orientation="vertical"
      aria-label="Width of the panel"
      aria-valuemin={MIN_WIDTH}
      aria-valuemax={MAX_WIDTH}
      aria-valuenow={panel.width}
      tabIndex={0}
      onPointerDown={(event) => event.currentTarget.setPointerCapture(event.pointerId)}
      onPointerMove={onPointerMove}
      onKeyDown={onKey}
    />
  );
}
