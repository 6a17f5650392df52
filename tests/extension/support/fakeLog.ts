import type { LogOutputChannel } from "vscode";
import { Disposable, LogLevel } from "./vscode";

export interface FakeLog extends LogOutputChannel {
  readonly lines: readonly string[];
}

/** A log that a test can read. */
export function fakeLog(): FakeLog {
  const lines: string[] = [];
  const write =
    (level: string) =>
    (message: string | Error, ...args: unknown[]) => {
      lines.push([level, String(message), ...args.map(String)].join(" "));
    };
  return {
    lines,
    name: "test",
    logLevel: LogLevel.Info,
    onDidChangeLogLevel: () => new Disposable(() => undefined),
    trace: write("trace"),
    debug: write("debug"),
    info: write("info"),
    warn: write("warn"),
    error: write("error"),
    append: (text) => void lines.push(text),
    appendLine: (text) => void lines.push(text),
    replace: () => undefined,
    clear: () => undefined,
    show: () => undefined,
    hide: () => undefined,
    dispose: () => undefined,
  };
}
