/** What a screen reader is told: at most one line a second, and of several only the newest. */

export const ANNOUNCE_INTERVAL_MS = 1000;

export class Announcements {
  #line = "";
  #next: string | undefined;
  #timer: ReturnType<typeof setTimeout> | undefined;

  constructor(private readonly onChange: () => void) {}

  get line(): string {
    return this.#line;
  }

  say(line: string): void {
    if (this.#timer !== undefined) {
      this.#next = line;
      return;
    }
    this.#speak(line);
  }

  #speak(line: string): void {
    // The same words again would go unheard; a trailing space makes them new.
    this.#line = line === this.#line ? `${line} ` : line;
    this.#timer = setTimeout(() => {
      this.#timer = undefined;
      const next = this.#next;
      this.#next = undefined;
      if (next !== undefined) {
        this.#speak(next);
      }
    }, ANNOUNCE_INTERVAL_MS);
    this.onChange();
  }
}
