/** What a part of a row shows of the session as a whole: it draws itself anew when that changes, and the row is left alone. */

import { useLayoutEffect, useReducer, useRef } from "preact/hooks";
import type { ReplayStore } from "../store/replayStore";

export function useTold<Told extends string | number | boolean | undefined>(
  store: Pick<ReplayStore, "subscribe">,
  select: () => Told,
): Told {
  const [, redraw] = useReducer((count: number, _: undefined) => count + 1, 0);
  const told = select();
  const drawn = useRef({ told, select });
  drawn.current = { told, select };
  useLayoutEffect(
    () =>
      store.subscribe(() => {
        if (drawn.current.select() !== drawn.current.told) {
          redraw(undefined);
        }
      }),
    [store],
  );
  return told;
}
