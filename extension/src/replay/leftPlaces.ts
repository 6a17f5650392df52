/** Where the reader left each session, for when its replay is opened again: lines of the stream, newest first. */

import type * as vscode from "vscode";
import { Memory } from "../host/ids";
import type { ReplayTarget } from "../shared/messages";
import { isCount, isString } from "../shared/shape";

const MAX_REMEMBERED = 200;
/** Scrolling tells of a place many times a second. */
const WRITTEN_AFTER_MS = 1000;

type Entry = readonly [session: string, line: number];

export class LeftPlaces {
  #entries: readonly Entry[];
  #timer: ReturnType<typeof setTimeout> | undefined;

  constructor(private readonly memory: vscode.Memento) {
    this.#entries = this.#read();
  }

  /** Undefined where the session was never left in its midst. */
  of(target: ReplayTarget): number | undefined {
    return this.#entries.find(([session]) => session === nameOf(target))?.[1];
  }

  /** Null: at its beginning or its end, which needs no remembering. */
  note(target: ReplayTarget, line: number | null): void {
    const name = nameOf(target);
    const others = this.#entries.filter(([session]) => session !== name);
    this.#entries = line === null ? others : [[name, line] as const, ...others].slice(0, MAX_REMEMBERED);
    this.#timer ??= setTimeout(() => this.#write(), WRITTEN_AFTER_MS);
  }

  /** Writes what is not written yet. */
  dispose(): void {
    if (this.#timer !== undefined) {
      this.#write();
    }
  }

  #write(): void {
    clearTimeout(this.#timer);
    this.#timer = undefined;
    void this.memory.update(Memory.leftPlaces, this.#entries);
  }

  #read(): readonly Entry[] {
    const remembered = this.memory.get<unknown>(Memory.leftPlaces);
    return Array.isArray(remembered) ? remembered.filter(isEntry).slice(0, MAX_REMEMBERED) : [];
  }
}

/** The same session, wherever it is taken from. */
function nameOf({ harness, sessionId }: ReplayTarget): string {
  return JSON.stringify([harness, sessionId]);
}

function isEntry(value: unknown): value is Entry {
  return Array.isArray(value) && value.length === 2 && isString(value[0]) && isCount(value[1]);
}
