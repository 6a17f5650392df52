/** Keeps one helper running: starts it, notices its end, starts it again for as long as the window lives. */

import * as vscode from "vscode";
import type { Facts, Requests } from "../protocol/messages";
import { Deferred, raceFor } from "./async";
import { backoffMs, STABLE_AFTER_MS } from "./backoff";
import { type HelperClient, HelperError, type HelperState, type ProgressReport } from "./client";
import type { FactHub } from "./facts";
import type { HelperLife, Launched } from "./life";

export interface SupervisorDeps {
  /** Finds what to start; starts nothing itself. */
  readonly launch: () => Promise<Launched>;
  /** Runs on each new life before anybody else's requests; a failure is logged and doesn't end the life. */
  readonly prepare: (life: HelperLife) => Promise<void>;
  /** A life that never came up: what `launch` remembered may be wrong. */
  readonly onFailedStart: () => Promise<void>;
  readonly facts: FactHub;
  readonly log: vscode.LogOutputChannel;
  readonly limits?: Partial<Limits>;
}

export interface Limits {
  readonly startMs: number;
  readonly prepareMs: number;
  /** How long a request waits for a helper. */
  readonly waitMs: number;
  readonly backoffMs: (attempt: number) => number;
}

const LIMITS: Limits = { startMs: 30_000, prepareMs: 15_000, waitMs: 20_000, backoffMs };

/** How a life, or the wait for one, came to its end. */
type End = { readonly by: "death"; readonly reason: string; readonly ranMs: number } | { readonly by: "us" };

export class HelperSupervisor implements HelperClient {
  private readonly limits: Limits;
  private readonly stateChanges = new vscode.EventEmitter<HelperState>();
  readonly onDidChangeState = this.stateChanges.event;
  private current: HelperState = { phase: "idle" };
  /** Settled with the life that takes requests; replaced when that life ends, so that who waits sees the next one. */
  private ready = new Deferred<HelperLife>();
  /** Settled by `restart` and `stop`; any number of calls during one step make one restart. */
  private interrupt = new Deferred<undefined>();
  private loop: Promise<void> | undefined;
  private stopping = false;

  constructor(private readonly deps: SupervisorDeps) {
    this.limits = { ...LIMITS, ...deps.limits };
  }

  get state(): HelperState {
    return this.current;
  }

  /** Does nothing when already started. */
  start(): void {
    this.loop ??= this.run();
  }

  /** Ends the present helper, if any, and starts another at once. */
  restart(): void {
    this.start();
    this.interrupt.resolve(undefined);
  }

  /** Safe at any time; resolves when there is no process. */
  async stop(): Promise<void> {
    this.stopping = true;
    this.interrupt.resolve(undefined);
    await this.loop;
    this.fail("stopped", vscode.l10n.t("Session Mirror is shutting down."));
  }

  async request<M extends keyof Requests>(
    method: M,
    params: Requests[M]["params"],
    token?: vscode.CancellationToken,
    onProgress?: (report: ProgressReport) => void,
  ): Promise<Requests[M]["result"]> {
    this.start();
    const life = await this.whenReady(token);
    return life.request(method, params, token, onProgress);
  }

  onFact<M extends keyof Facts>(method: M, listener: (fact: Facts[M]) => void): vscode.Disposable {
    return this.deps.facts.on(method, listener);
  }

  private async whenReady(token: vscode.CancellationToken | undefined): Promise<HelperLife> {
    if (this.current.phase === "failed") {
      throw new HelperError("unavailable", this.current.message, this.current.reason !== "stopped");
    }
    const cancelled = new Deferred<HelperLife>();
    const cancel = () => cancelled.reject(new HelperError("cancelled", vscode.l10n.t("Cancelled."), true));
    if (token?.isCancellationRequested) {
      cancel();
    }
    const listening = token?.onCancellationRequested(cancel);
    try {
      const life = await raceFor(this.limits.waitMs, undefined, this.ready.promise, cancelled.promise);
      if (life === undefined) {
        throw new HelperError("unavailable", vscode.l10n.t("The mirroring helper is not running yet."), true);
      }
      return life;
    } finally {
      listening?.dispose();
    }
  }

  private async run(): Promise<void> {
    let attempt = 0;
    while (!this.stopping) {
      this.interrupt = new Deferred();
      if (attempt === 0) {
        this.setState({ phase: "starting" });
      }
      const end = await this.live();
      if (end.by === "us") {
        attempt = 0;
        continue;
      }
      attempt = end.ranMs >= STABLE_AFTER_MS ? 1 : attempt + 1;
      const waitMs = this.limits.backoffMs(attempt);
      this.deps.log.warn(`The helper ended (${end.reason}); starting it again in ${waitMs} ms.`);
      this.setState({ phase: "restarting", attempt, reason: end.reason });
      if ((await raceFor(waitMs, "waited", this.interrupt.promise)) !== "waited") {
        attempt = 0;
      }
    }
  }

  /** From looking for an interpreter to the process' end. */
  private async live(): Promise<End> {
    const launched = await this.unlessInterrupted(this.launch());
    if (launched === undefined) {
      return { by: "us" };
    }
    if (typeof launched === "string") {
      return { by: "death", reason: launched, ranMs: 0 };
    }
    if (launched.life === undefined) {
      this.fail(launched.reason, launched.message);
      await this.interrupt.promise;
      return { by: "us" };
    }
    const { life } = launched;
    try {
      return (await this.bringUp(life)) ?? (await this.serve(life));
    } finally {
      await life.stop();
    }
  }

  /** A text when nothing could be launched for a reason that may pass, such as a full disk. */
  private launch(): Promise<Launched | string> {
    return this.deps.launch().catch(reasonOf);
  }

  /** `undefined` when the helper is up. */
  private async bringUp(life: HelperLife): Promise<End | undefined> {
    const start = life.start().then(() => "up", reasonOf);
    const outcome = await this.unlessInterrupted(raceFor(this.limits.startMs, "did not answer in time", start));
    if (outcome === undefined) {
      return { by: "us" };
    }
    if (outcome !== "up") {
      await this.attempt("Forgetting the interpreter", this.deps.onFailedStart());
      return { by: "death", reason: outcome, ranMs: 0 };
    }
    const prepared = this.attempt("Configuring the helper", this.deps.prepare(life));
    const died = life.ended.then(() => undefined);
    await this.unlessInterrupted(raceFor(this.limits.prepareMs, undefined, prepared, died));
    return undefined;
  }

  /** Nothing that goes wrong on the way may end the loop. */
  private attempt(what: string, work: Promise<void>): Promise<undefined> {
    return work.then(
      () => undefined,
      (error: unknown) => {
        this.deps.log.error(`${what} failed`, String(error));
        return undefined;
      },
    );
  }

  private async serve(life: HelperLife): Promise<End> {
    const since = Date.now();
    this.ready.resolve(life);
    this.setState({ phase: "running" });
    const reason = await this.unlessInterrupted(life.ended);
    this.ready = new Deferred();
    return reason === undefined ? { by: "us" } : { by: "death", reason, ranMs: Date.now() - since };
  }

  private unlessInterrupted<T>(work: Promise<T>): Promise<T | undefined> {
    return Promise.race([work, this.interrupt.promise]);
  }

  private fail(reason: "noPython" | "badInterpreter" | "stopped", message: string): void {
    this.ready.reject(new HelperError("unavailable", message, reason !== "stopped"));
    this.ready = new Deferred();
    this.setState({ phase: "failed", reason, message });
  }

  private setState(state: HelperState): void {
    this.current = state;
    this.stateChanges.fire(state);
  }
}

function reasonOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
