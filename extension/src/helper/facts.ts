/** Hands the helper's facts to whoever listens, whichever life of the helper they come from. */

import * as vscode from "vscode";
import type { Facts } from "../protocol/messages";

type Emitters = { readonly [M in keyof Facts]: vscode.EventEmitter<Facts[M]> };

export class FactHub {
  private readonly emitters: Emitters = {
    "sessionMirror/mirror/didChangeHealth": new vscode.EventEmitter(),
    "sessionMirror/sessions/didChange": new vscode.EventEmitter(),
    "sessionMirror/replay/didChange": new vscode.EventEmitter(),
  };

  on<M extends keyof Facts>(method: M, listener: (fact: Facts[M]) => void): vscode.Disposable {
    return this.emitters[method].event(listener);
  }

  fire<M extends keyof Facts>(method: M, fact: Facts[M]): void {
    this.emitters[method].fire(fact);
  }

  dispose(): void {
    for (const emitter of Object.values(this.emitters)) {
      emitter.dispose();
    }
  }
}

export const FACT_METHODS = [
  "sessionMirror/mirror/didChangeHealth",
  "sessionMirror/sessions/didChange",
  "sessionMirror/replay/didChange",
] as const satisfies readonly (keyof Facts)[];
