/** Goes to the record that a link or a command named, once for each time it is said. */

import type { Snapshot } from "../../shared/messages";

export interface ArrivalsDeps {
  readonly show: (index: number) => void;
  /** Tells the host, which says it no more. */
  readonly arrived: (id: number) => void;
}

export class Arrivals {
  #last: number | undefined;

  constructor(private readonly deps: ArrivalsDeps) {}

  take({ goTo, info }: Snapshot): void {
    if (goTo === undefined || goTo.id === this.#last || info === null || goTo.index >= info.recordCount) {
      return;
    }
    this.#last = goTo.id;
    this.deps.show(goTo.index);
    this.deps.arrived(goTo.id);
  }
}
