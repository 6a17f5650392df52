/** An answer about the whole session, asked for again while it grows: soon, not at once. */

const INTERVAL_MS = 2000;

export interface KeptDeps<Result> {
  readonly request: () => Promise<Result>;
  readonly onChange: () => void;
}

export class Kept<Result> {
  #known: Result | undefined;
  /** Of what state of the session the answer is, or was asked for. */
  #of = "";
  #timer: ReturnType<typeof setTimeout> | undefined;
  #isAsking = false;

  constructor(private readonly deps: KeptDeps<Result>) {}

  get known(): Result | undefined {
    return this.#known;
  }

  /** The session is in this state now. */
  want(state: string): void {
    if (state === this.#of || this.#timer !== undefined || this.#isAsking) {
      return;
    }
    this.#of = state;
    void this.#ask();
  }

  async #ask(): Promise<void> {
    this.#isAsking = true;
    try {
      this.#known = await this.deps.request();
    } catch {
      // The answer stays as it was; the session's next change asks again.
    }
    this.#isAsking = false;
    this.#timer = setTimeout(() => {
      this.#timer = undefined;
      this.deps.onChange();
    }, INTERVAL_MS);
    this.deps.onChange();
  }
}
