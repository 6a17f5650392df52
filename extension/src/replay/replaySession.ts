/** One session opened for replay: keeps a handle at the helper, and gets a new one when the helper was restarted. */

import { type HelperClient, HelperError } from "../helper/client";
import { titleWithGeneration } from "../host/generation";
import type { Facts, ReplayOpenResult, Requests } from "../protocol/messages";
import type { PageProblem, ReplayTarget, Snapshot } from "../shared/messages";
import { RequestError } from "../shared/rpc";
import { type HandleMethod, ReplayQueries } from "./queries";

type Changed = Facts["sessionMirror/replay/didChange"];

export function problemOf(error: unknown): PageProblem {
  if (HelperError.is(error)) {
    return { message: error.message, hint: error.hint, retryable: error.retryable };
  }
  return RequestError.problemOf(error);
}

function pageProblem(problem: Changed["problem"]): PageProblem | null {
  return problem && { message: problem.message, hint: problem.hint, retryable: problem.retryable };
}

interface KnownOfTarget {
  /** The transcript of a target that was opened as a file. */
  readonly path?: string | undefined;
  /** The line of the stream at which the reader left the session. */
  readonly leftAt?: number | undefined;
}

export class ReplaySession extends ReplayQueries {
  readonly #subscriptions: { dispose(): unknown }[];
  #snapshot: Snapshot;
  #replayId: string | undefined;
  #opening: Promise<string> | undefined;
  #disposed = false;
  /** A line of the stream that the page is to go to as soon as it can. */
  #wanted: number | undefined;
  /** Counts the places that the page was told to go to. */
  #goTo = 0;

  constructor(
    private readonly helper: HelperClient,
    target: ReplayTarget,
    private readonly onChange: (snapshot: Snapshot) => void,
    private readonly known: KnownOfTarget = {},
  ) {
    super();
    this.#snapshot = {
      ...{ target, phase: "opening", opening: 0, edition: 1, info: null, problem: null, progress: "" },
      leftAt: known.leftAt,
    };
    this.#subscriptions = [
      helper.onFact("sessionMirror/replay/didChange", (fact) => this.#onFact(fact)),
      helper.onFact("sessionMirror/sessions/didChange", (fact) => this.#onSessions(fact)),
      helper.onDidChangeState(() => this.#onHelperState()),
    ];
  }

  get snapshot(): Snapshot {
    return this.#snapshot;
  }

  /** Opens the session unless it is open; what goes wrong is told by the snapshot. */
  async open(): Promise<void> {
    await this.#handle().catch(() => undefined);
  }

  /** Has the page go to a line of the stream: now, or once the session is open and has it. Rejects where there is none. */
  async goTo(line: number): Promise<void> {
    this.#wanted = line;
    const { phase, info } = this.#snapshot;
    const isYetToCome = info !== null && info.missingBytes > 0 && line >= info.recordCount;
    if (phase !== "open" || isYetToCome) {
      return;
    }
    this.#wanted = undefined;
    const { index } = await this.place({ line });
    this.goToRecord(index);
  }

  /** Has the page go to a record. */
  goToRecord(index: number): void {
    this.#goTo += 1;
    this.#update({ goTo: { id: this.#goTo, index } });
  }

  /** The page went where it was told. */
  arrived(id: number): void {
    if (this.#snapshot.goTo?.id === id) {
      const { goTo: _, ...snapshot } = this.#snapshot;
      this.#snapshot = snapshot;
    }
  }

  dispose(): void {
    this.#disposed = true;
    for (const subscription of this.#subscriptions) {
      subscription.dispose();
    }
    if (this.#replayId !== undefined) {
      this.#release(this.#replayId);
      this.#replayId = undefined;
    }
  }

  protected override async ask<M extends HandleMethod>(
    method: M,
    paramsFor: (replayId: string) => Requests[M]["params"],
  ): Promise<Requests[M]["result"]> {
    const replayId = await this.#handle();
    try {
      return await this.helper.request(method, paramsFor(replayId));
    } catch (error) {
      // Lost over a restart of the helper, not refused: once more, with the new handle.
      const handleLost = this.#replayId !== replayId || (HelperError.is(error) && error.reason === "gone");
      if (this.#disposed || !handleLost) {
        throw error;
      }
      if (this.#replayId === replayId) {
        this.#replayId = undefined;
      }
      return await this.helper.request(method, paramsFor(await this.#handle()));
    }
  }

  #handle(): Promise<string> {
    if (this.#replayId !== undefined) {
      return Promise.resolve(this.#replayId);
    }
    this.#opening ??= this.#openOnce().finally(() => {
      this.#opening = undefined;
    });
    return this.#opening;
  }

  async #openOnce(): Promise<string> {
    this.#update({ phase: "opening", problem: null, progress: "" });
    try {
      const result = await this.#requestOpen().catch((error: unknown) => {
        // The helper died over it: it is started again, and the second request waits for that.
        if (HelperError.is(error) && error.reason === "gone" && !this.#disposed) {
          return this.#requestOpen();
        }
        throw error;
      });
      if (this.#disposed) {
        this.#release(result.replayId);
        throw new RequestError({ message: "The tab was closed.", hint: "", retryable: false });
      }
      this.#opened(result);
      return result.replayId;
    } catch (error) {
      this.#update({ phase: "failed", problem: problemOf(error), progress: "" });
      throw error;
    }
  }

  #requestOpen(): Promise<ReplayOpenResult> {
    const { target } = this.#snapshot;
    const { harness, sessionId, origin } = target;
    if (origin === "file" && this.known.path === undefined) {
      const message = "It isn't known any more which file this was.";
      return Promise.reject(new RequestError({ message, hint: "Open the file again.", retryable: false }));
    }
    const params =
      origin === "file" ? { harness, sessionId, path: this.known.path ?? null } : { harness, sessionId, origin };
    return this.helper.request("sessionMirror/replay/open", params, undefined, (report) =>
      this.#update({ progress: report.message ?? "" }),
    );
  }

  #opened(result: ReplayOpenResult): void {
    const { replayId, problem, ...told } = result;
    const info = {
      ...told,
      title: titleWithGeneration(told.title, this.#snapshot.target.sessionId),
      problem: pageProblem(problem),
    };
    const before = this.#snapshot.info;
    // Another origin or fewer records than before: the positions that the page knows are not those of this content.
    const replaced = before !== null && (before.origin !== info.origin || info.recordCount < before.recordCount);
    this.#replayId = replayId;
    this.#update({
      phase: "open",
      opening: this.#snapshot.opening + 1,
      edition: this.#snapshot.edition + (replaced ? 1 : 0),
      info,
      problem: null,
      progress: "",
    });
    this.#goOn();
  }

  /** Towards a line that could not be gone to so far; where it is missing after all, the session is shown without it. */
  #goOn(): void {
    if (this.#wanted !== undefined) {
      this.goTo(this.#wanted).catch(() => undefined);
    }
  }

  #onFact(fact: Changed): void {
    const { info } = this.#snapshot;
    if (fact.replayId !== this.#replayId || info === null) {
      return;
    }
    this.#update({
      edition: this.#snapshot.edition + (fact.restarted ? 1 : 0),
      // Records that stand elsewhere now are read anew, as after another opening; the reader's place stays.
      opening: this.#snapshot.opening + (fact.rearranged ? 1 : 0),
      info: {
        ...info,
        recordCount: fact.recordCount,
        analysedCount: fact.analysedCount,
        totalBytes: fact.totalBytes,
        missingBytes: fact.missingBytes,
        problem: pageProblem(fact.problem),
        isLive: fact.isLive,
      },
    });
    this.#goOn();
  }

  /** An agent names its session only after a while. */
  #onSessions(fact: Facts["sessionMirror/sessions/didChange"]): void {
    const { info, target } = this.#snapshot;
    const row = fact.changed.find((each) => each.harness === target.harness && each.sessionId === target.sessionId);
    if (info !== null && row !== undefined && row.title !== info.title) {
      this.#update({ info: { ...info, title: row.title } });
    }
  }

  /** A handle dies with the helper; one that was open is opened again as soon as the helper is back. */
  #onHelperState(): void {
    const { state } = this.helper;
    switch (state.phase) {
      case "running":
        void this.open();
        return;
      case "starting":
      case "restarting":
        if (this.#replayId !== undefined) {
          this.#replayId = undefined;
          this.#update({ phase: "opening", progress: "" });
        }
        return;
      case "failed":
        this.#replayId = undefined;
        this.#update({
          phase: "failed",
          problem: { message: state.message, hint: "", retryable: state.reason !== "stopped" },
          progress: "",
        });
        return;
      case "idle":
        this.#replayId = undefined;
    }
  }

  #release(replayId: string): void {
    // The helper may be gone, and then so is the handle.
    this.helper.request("sessionMirror/replay/close", { replayId }).catch(() => undefined);
  }

  #update(change: Partial<Snapshot>): void {
    if (this.#disposed) {
      return;
    }
    this.#snapshot = { ...this.#snapshot, ...change };
    this.onChange(this.#snapshot);
  }
}
