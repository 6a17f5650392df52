import type { Memento, SecretStorage } from "vscode";
import { EventEmitter } from "./vscode";

/** A memento in memory. */
export function fakeMemento(values: Record<string, unknown> = {}): Memento {
  const stored = new Map(Object.entries(values));
  function get<T>(key: string): T | undefined;
  function get<T>(key: string, fallback: T): T;
  function get(key: string, fallback?: unknown): unknown {
    return stored.has(key) ? stored.get(key) : fallback;
  }
  return {
    keys: () => [...stored.keys()],
    get,
    update: async (key: string, value: unknown) => {
      if (value === undefined) {
        stored.delete(key);
      } else {
        stored.set(key, value);
      }
    },
  };
}

/** A secret storage in memory; `entries` shows what is in it. */
export function fakeSecrets(): SecretStorage & { readonly entries: Map<string, string> } {
  const entries = new Map<string, string>();
  const changes = new EventEmitter<{ key: string }>();
  return {
    entries,
    get: async (key) => entries.get(key),
    store: async (key, value) => {
      entries.set(key, value);
      changes.fire({ key });
    },
    delete: async (key) => {
      if (entries.delete(key)) {
        changes.fire({ key });
      }
    },
    onDidChange: changes.event,
  };
}
