/**
 * Transcripts that were opened by their path. The page knows them by a token only, so that nothing it keeps or says can
 * name a file; which one a token means is remembered here, over a reload too.
 */

import { randomUUID } from "node:crypto";
import { basename } from "node:path";
import type * as vscode from "vscode";
import { Memory } from "../host/ids";
import type { ReplayTarget } from "../shared/messages";

const MAX_REMEMBERED = 100;

type Entries = readonly (readonly [token: string, path: string])[];

export class OpenedFiles {
  constructor(private readonly memory: vscode.Memento) {}

  /** The target of a file: the same one each time. */
  async target(path: string): Promise<ReplayTarget> {
    const entries = this.#entries();
    const token = entries.find(([, known]) => known === path)?.[0] ?? randomUUID();
    const others = entries.filter(([known]) => known !== token);
    await this.memory.update(Memory.openedFiles, [[token, path], ...others].slice(0, MAX_REMEMBERED));
    return { harness: "", sessionId: token, title: basename(path), origin: "file" };
  }

  /** The file of a target; undefined of one that isn't a file's, or was forgotten. */
  pathOf(target: ReplayTarget): string | undefined {
    return target.origin === "file" ? this.#entries().find(([token]) => token === target.sessionId)?.[1] : undefined;
  }

  #entries(): Entries {
    return this.memory.get<Entries>(Memory.openedFiles, []);
  }
}
