/** Which events stand open. All that can be folded is folded at first. */

import { MAX_SAVED_FOLDS } from "../../shared/pageState";

export class Folds {
  /** In the order they were opened. */
  readonly #open: Set<string>;

  constructor(open: readonly string[]) {
    this.#open = new Set(open.slice(-MAX_SAVED_FOLDS));
  }

  isOpen(key: string): boolean {
    return this.#open.has(key);
  }

  toggle(key: string): void {
    if (!this.#open.delete(key)) {
      this.#open.add(key);
    }
  }

  clear(): void {
    this.#open.clear();
  }

  /** The newest ones, as many as are worth remembering. */
  saved(): readonly string[] {
    return [...this.#open].slice(-MAX_SAVED_FOLDS);
  }
}
