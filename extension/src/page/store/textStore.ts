/** Text beyond what a record carries: the rest of long events, and raw lines. Held for a few, the oldest dropped first. */

import type { TextResult } from "../../shared/messages";
import { RequestError } from "../../shared/rpc";
import { codePoints } from "../format";

const MAX_TEXTS = 24;

export interface LoadedText {
  readonly value: string;
  /** Of `value`, in code points; the next offset to ask for. */
  readonly chars: number;
  readonly totalChars: number;
  readonly loading: boolean;
  readonly error: string;
}

export class TextStore {
  readonly #texts = new Map<string, LoadedText>();

  constructor(private readonly onChange: () => void) {}

  get(key: string): LoadedText | undefined {
    return this.#texts.get(key);
  }

  forget(key: string): void {
    this.#texts.delete(key);
    this.onChange();
  }

  clear(): void {
    this.#texts.clear();
  }

  /** Appends the next piece; `first` is what the reader has without us. */
  async more(
    key: string,
    first: { value: string; totalChars: number },
    request: (offset: number) => Promise<TextResult>,
  ): Promise<void> {
    const before = this.#texts.get(key) ?? {
      value: first.value,
      chars: codePoints(first.value),
      totalChars: first.totalChars,
      loading: false,
      error: "",
    };
    if (before.loading) {
      return;
    }
    const loading = { ...before, loading: true, error: "" };
    this.#put(key, loading);
    const after = await request(before.chars).then(
      (piece): LoadedText => ({
        value: before.value + piece.value,
        chars: before.chars + codePoints(piece.value),
        // Nothing more came: what is here is all there is, whatever was announced.
        totalChars: piece.value === "" ? before.chars : piece.totalChars,
        loading: false,
        error: "",
      }),
      (error: unknown): LoadedText => ({ ...before, loading: false, error: RequestError.problemOf(error).message }),
    );
    // Forgotten meanwhile: the reader has closed it.
    if (this.#texts.get(key) === loading) {
      this.#put(key, after);
    }
  }

  #put(key: string, text: LoadedText): void {
    this.#texts.delete(key);
    this.#texts.set(key, text);
    for (const oldest of this.#texts.keys()) {
      if (this.#texts.size <= MAX_TEXTS) {
        break;
      }
      this.#texts.delete(oldest);
    }
    this.onChange();
  }
}
