/**
 * A helper process behind `vscode-languageclient`. Loaded only when a helper is started: the library is large.
 *
 * The library's own ideas about restarts and error pop-ups are switched off: the supervisor restarts, the status bar tells.
 */

import type { ChildProcess } from "node:child_process";
import { createInterface } from "node:readline";
import type { Readable } from "node:stream";
import * as vscode from "vscode";
import {
  CloseAction,
  ErrorAction,
  type Executable,
  LanguageClient,
  type LanguageClientOptions,
  type MessageTransports,
  RevealOutputChannelOn,
  type ShutdownMode,
  State,
  WorkDoneProgress,
} from "vscode-languageclient/node";
import type { Facts, Requests } from "../protocol/messages";
import { Deferred, raceFor } from "./async";
import type { ProgressReport } from "./client";
import { gone, toHelperError } from "./errors";
import { FACT_METHODS, type FactHub } from "./facts";
import type { HelperLife } from "./life";

const SHUTDOWN_LIMIT_MS = 2000;
const EXIT_LIMIT_MS = 1000;

export class LanguageLife implements HelperLife {
  private readonly client: QuietClient;
  private readonly exit = new Deferred<string>();
  readonly ended = this.exit.promise;
  private progressCount = 0;

  constructor(executable: Executable, facts: FactHub, log: vscode.LogOutputChannel) {
    this.client = new QuietClient(executable, this.options(log), (how) => this.exit.resolve(how));
    for (const method of FACT_METHODS) {
      forward(this.client, method, facts);
    }
  }

  async start(): Promise<void> {
    try {
      await this.client.start();
    } catch (error) {
      // How the process ended says more than that the connection broke.
      const how = this.client.child && (await raceFor(EXIT_LIMIT_MS, undefined, this.ended));
      throw how === undefined ? error : new Error(how);
    }
    if (!this.client.isRunning()) {
      throw gone();
    }
  }

  async request<M extends keyof Requests>(
    method: M,
    params: Requests[M]["params"],
    token?: vscode.CancellationToken,
    onProgress?: (report: ProgressReport) => void,
  ): Promise<Requests[M]["result"]> {
    const workDoneToken = `${method}#${++this.progressCount}`;
    const progress = onProgress && this.client.onProgress(WorkDoneProgress.type, workDoneToken, onProgress);
    const sent = progress === undefined ? params : { ...params, workDoneToken };
    try {
      // An argument that is given as undefined would count as a second parameter.
      const rest = token === undefined ? [] : [token];
      return await this.client.sendRequest<Requests[M]["result"]>(method, sent, ...rest);
    } catch (error) {
      throw toHelperError(error);
    } finally {
      progress?.dispose();
    }
  }

  async stop(): Promise<void> {
    if (this.client.hasExited) {
      return;
    }
    try {
      await this.client.stop(SHUTDOWN_LIMIT_MS);
    } catch {
      // It didn't answer in time; what counts is that the process ends.
    }
    if (this.client.child === undefined) {
      this.exit.resolve("never started");
    } else if ((await raceFor(EXIT_LIMIT_MS, undefined, this.ended)) === undefined) {
      this.client.kill();
      await raceFor(EXIT_LIMIT_MS, undefined, this.ended);
    }
  }

  private options(log: vscode.LogOutputChannel): LanguageClientOptions {
    return {
      outputChannel: log,
      traceOutputChannel: neverTracing(log),
      revealOutputChannelOn: RevealOutputChannelOn.Never,
      stdioOptions: { stdout: logLines, stderr: logLines },
      initializationFailedHandler: () => false,
      errorHandler: {
        error: () => ({ action: ErrorAction.Continue, handled: true }),
        closed: async () => {
          this.client.kill();
          // The client's start() must see its own failure before the connection is taken away from it.
          await new Promise((resolve) => setImmediate(resolve));
          return { action: CloseAction.DoNotRestart, handled: true };
        },
      },
    };
  }
}

/** No pop-ups, a stop that works while starting, and the child process in reach. */
class QuietClient extends LanguageClient {
  child: ChildProcess | undefined;

  constructor(
    executable: Executable,
    options: LanguageClientOptions,
    private readonly onExit: (how: string) => void,
  ) {
    super("sessionMirror", "Session Mirror", executable, options);
  }

  get hasExited(): boolean {
    return this.child !== undefined && (this.child.exitCode !== null || this.child.signalCode !== null);
  }

  kill(): void {
    this.child?.kill("SIGKILL");
  }

  override error(message: string, data?: unknown): void {
    super.error(message, data, false);
  }

  protected override async createMessageTransports(encoding: string): Promise<MessageTransports> {
    const transports = await super.createMessageTransports(encoding);
    this.child = this.serverProcess;
    this.child?.once("exit", (code, signal) => this.onExit(signal ?? `exit code ${code}`));
    return transports;
  }

  protected override async shutdown(mode: ShutdownMode, timeout?: number): Promise<void> {
    if (this.state !== State.Running) {
      this.kill();
      return;
    }
    await super.shutdown(mode, timeout);
  }
}

function forward<M extends keyof Facts>(client: LanguageClient, method: M, facts: FactHub): void {
  client.onNotification(method, (fact: Facts[M]) => facts.fire(method, fact));
}

/** What the helper writes beside the protocol is a warning from a library or the end of a crash: kept, at a calm level. */
function logLines(input: Readable, log: vscode.LogOutputChannel): void {
  createInterface({ input, crlfDelay: Number.POSITIVE_INFINITY }).on("line", (line) => log.info(`[helper] ${line}`));
}

/** Message bodies hold transcripts and keys: they are never traced, whatever the log level. */
function neverTracing(log: vscode.LogOutputChannel): vscode.LogOutputChannel {
  const silent: vscode.LogOutputChannel = Object.create(log, {
    logLevel: { value: vscode.LogLevel.Off },
    onDidChangeLogLevel: { value: () => new vscode.Disposable(() => undefined) },
  });
  return silent;
}
