/** What is going on beside reading: a line at the lower edge, and what screen readers are told. */

import { Announcements } from "./announcements";

const NOTICE_MS = 3000;

export class Notices {
  /** What is going on, such as a search; empty when nothing is. */
  activity = "";
  readonly #announcements: Announcements;
  #timer: ReturnType<typeof setTimeout> | undefined;

  constructor(private readonly onChange: () => void) {
    this.#announcements = new Announcements(onChange);
  }

  /** For screen readers. */
  get announcement(): string {
    return this.#announcements.line;
  }

  say(line: string): void {
    this.#announcements.say(line);
  }

  /** Shows what is going on; nothing when empty. */
  show(line: string): void {
    clearTimeout(this.#timer);
    this.activity = line;
    this.onChange();
  }

  /** Shows and says a line that goes away by itself. */
  notify(line: string): void {
    this.show(line);
    this.say(line);
    this.#timer = setTimeout(() => this.show(""), NOTICE_MS);
  }
}
