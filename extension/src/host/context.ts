/** The context keys that menus, empty states and the walkthrough look at; set nowhere else. */

import * as vscode from "vscode";
import { ContextKey } from "./ids";

export class ContextKeys {
  private readonly last = new Map<ContextKey, string | boolean>();

  setHelper(phase: string): void {
    this.set(ContextKey.helper, phase);
  }

  setListed(hasSessions: boolean): void {
    this.set(ContextKey.hasSessions, hasSessions);
    this.set(ContextKey.listed, true);
  }

  setPaused(paused: boolean): void {
    this.set(ContextKey.paused, paused);
  }

  setGrouped(isGrouped: boolean): void {
    this.set(ContextKey.grouped, isGrouped);
  }

  setDestination(kind: "local" | "remote"): void {
    this.set(ContextKey.destination, kind);
  }

  private set(key: ContextKey, value: string | boolean): void {
    if (this.last.get(key) !== value) {
      this.last.set(key, value);
      void vscode.commands.executeCommand("setContext", key, value);
    }
  }
}
