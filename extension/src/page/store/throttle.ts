/** Does something at once, and again after a while for all that was asked for meanwhile. */
export class Throttle {
  #timer: ReturnType<typeof setTimeout> | undefined;
  #isDue = false;

  constructor(
    private readonly intervalMs: number,
    private readonly act: () => void,
  ) {}

  /** The next thing that is asked for is done at once. */
  hurry(): void {
    clearTimeout(this.#timer);
    this.#timer = undefined;
  }

  readonly ask = (): void => {
    if (this.#timer !== undefined) {
      this.#isDue = true;
      return;
    }
    this.#isDue = false;
    this.#timer = setTimeout(() => {
      this.#timer = undefined;
      if (this.#isDue) {
        this.ask();
      }
    }, this.intervalMs);
    this.act();
  };
}
