/**
 * The bytes of images that are in sight, as addresses that only this page knows. Asked for when an image is drawn, two at
 * a time; those out of sight are kept while there is room, the one longest unseen let go of first.
 */

import type { EventImage, ReplayImageResult } from "../../protocol/messages";
import type { ImageRequest } from "../../shared/messages";
import { RequestError } from "../../shared/rpc";
import type { EventPlace } from "./eventPlace";

const MAX_REQUESTS = 2;
const MAX_KEPT_BYTES = 48_000_000;
const MAX_KEPT = 64;

/** An image by its number among those of its event. */
export interface ImagePlace extends EventPlace {
  readonly image: number;
}

export type ImageState =
  | { readonly kind: "loading" }
  | { readonly kind: "shown"; readonly url: string; readonly blob: Blob }
  | { readonly kind: "failed"; readonly why: string };

interface Entry {
  readonly place: ImagePlace;
  readonly sizeBytes: number;
  /** So many boxes on the page draw it. */
  users: number;
  state: ImageState;
}

const LOADING: ImageState = { kind: "loading" };

export function imageKey({ index, field, image }: ImagePlace): string {
  return `${index}:${field}:${image}`;
}

export class ImageStore {
  /** Longest unseen first. */
  readonly #entries = new Map<string, Entry>();
  readonly #waiting = new Set<Entry>();
  #requests = 0;
  #viewed: ImagePlace | null = null;

  constructor(
    private readonly request: (params: ImageRequest) => Promise<ReplayImageResult>,
    private readonly onChange: () => void,
  ) {}

  get(place: ImagePlace): ImageState {
    return this.#entries.get(imageKey(place))?.state ?? LOADING;
  }

  /** The one that is looked at large. */
  get viewed(): ImagePlace | null {
    return this.#viewed;
  }

  view(place: ImagePlace | null): void {
    this.#viewed = place;
    this.onChange();
  }

  /** An image is being drawn, until what is returned is called. */
  draw(place: ImagePlace, { sizeBytes }: EventImage): () => void {
    const key = imageKey(place);
    const entry = this.#entries.get(key) ?? { place, sizeBytes, users: 0, state: LOADING };
    this.#entries.delete(key);
    this.#entries.set(key, entry);
    entry.users += 1;
    if (entry.state.kind === "loading") {
      this.#waiting.add(entry);
      this.#next();
    }
    return () => {
      entry.users -= 1;
      this.#tidy();
    };
  }

  /** The browser couldn't make a picture of the bytes. */
  fail(place: ImagePlace): void {
    const entry = this.#entries.get(imageKey(place));
    if (entry !== undefined) {
      this.#settle(entry, { kind: "failed", why: "The image can't be read" });
    }
  }

  /** Positions mean something else from now on. */
  clear(): void {
    for (const key of [...this.#entries.keys()]) {
      this.#drop(key);
    }
    this.#viewed = null;
  }

  #next(): void {
    for (const entry of this.#waiting) {
      if (this.#requests >= MAX_REQUESTS) {
        return;
      }
      this.#waiting.delete(entry);
      this.#requests += 1;
      void this.#load(entry).finally(() => {
        this.#requests -= 1;
        this.#next();
      });
    }
  }

  async #load(entry: Entry): Promise<void> {
    try {
      const blob = await this.#bytesOf(entry);
      if (blob !== undefined) {
        this.#settle(entry, { kind: "shown", url: URL.createObjectURL(blob), blob });
      }
    } catch (error) {
      this.#settle(entry, { kind: "failed", why: RequestError.problemOf(error).message });
    }
  }

  /** Nothing when the image went out of sight meanwhile. */
  async #bytesOf(entry: Entry): Promise<Blob | undefined> {
    const pieces: Uint8Array<ArrayBuffer>[] = [];
    let offset = 0;
    while (this.#isKept(entry)) {
      const page = await this.request({ ...entry.place, offset });
      pieces.push(bytesOf(page.value));
      offset += page.value.length;
      if (page.value === "" || offset >= page.totalChars) {
        return new Blob(pieces, { type: page.mediaType });
      }
    }
    return undefined;
  }

  #isKept(entry: Entry): boolean {
    return this.#entries.get(imageKey(entry.place)) === entry;
  }

  #settle(entry: Entry, state: ImageState): void {
    if (!this.#isKept(entry)) {
      release(state);
      return;
    }
    release(entry.state);
    entry.state = state;
    this.#tidy();
    this.onChange();
  }

  #tidy(): void {
    let bytes = 0;
    for (const { sizeBytes } of this.#entries.values()) {
      bytes += sizeBytes;
    }
    for (const [key, { users, state, sizeBytes }] of [...this.#entries]) {
      const isOver = bytes > MAX_KEPT_BYTES || this.#entries.size > MAX_KEPT;
      // What failed, or was not loaded in time, is asked for anew when it is seen again.
      if (users === 0 && (isOver || state.kind !== "shown")) {
        this.#drop(key);
        bytes -= sizeBytes;
      }
    }
  }

  #drop(key: string): void {
    const entry = this.#entries.get(key);
    if (entry !== undefined) {
      this.#entries.delete(key);
      this.#waiting.delete(entry);
      release(entry.state);
    }
  }
}

function release(state: ImageState): void {
  if (state.kind === "shown") {
    URL.revokeObjectURL(state.url);
  }
}

function bytesOf(base64: string): Uint8Array<ArrayBuffer> {
  const text = atob(base64);
  const bytes = new Uint8Array(text.length);
  for (let at = 0; at < text.length; at += 1) {
    bytes[at] = text.charCodeAt(at);
  }
  return bytes;
}
