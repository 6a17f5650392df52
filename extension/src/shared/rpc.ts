/** Requests over a channel that only carries messages: every request ends, be it by answer, time-out or disposal. */

import type { HostResponse, PageMethod, PageProblem, PageRequestOf, PageRequests } from "./messages";
import type { Guard } from "./shape";

/** A request that failed; `problem` is meant for the reader. */
export class RequestError extends Error {
  override readonly name = "RequestError";

  constructor(readonly problem: PageProblem) {
    super(problem.message);
  }

  static problemOf(error: unknown): PageProblem {
    if (error instanceof RequestError) {
      return error.problem;
    }
    return { message: error instanceof Error ? error.message : String(error), hint: "", retryable: true };
  }
}

interface Pending {
  readonly accept: (result: unknown) => void;
  readonly reject: (error: RequestError) => void;
}

export class RequestChannel {
  readonly #pending = new Map<number, Pending>();
  #nextId = 1;
  #disposed = false;

  constructor(
    private readonly clientId: string,
    private readonly guards: { readonly [M in PageMethod]: Guard<PageRequests[M]["result"]> },
    private readonly post: <M extends PageMethod>(request: PageRequestOf<M>) => void,
    private readonly timeoutMs: number,
  ) {}

  get pendingCount(): number {
    return this.#pending.size;
  }

  request<M extends PageMethod>(method: M, params: PageRequests[M]["params"]): Promise<PageRequests[M]["result"]> {
    if (this.#disposed) {
      return Promise.reject(new RequestError({ message: "The page was closed.", hint: "", retryable: false }));
    }
    const id = this.#nextId++;
    const guard: Guard<PageRequests[M]["result"]> = this.guards[method];
    return new Promise((resolve, reject) => {
      const timer = setTimeout(() => {
        this.#pending.delete(id);
        reject(new RequestError({ message: "No answer came in time.", hint: "Try again.", retryable: true }));
      }, this.timeoutMs);
      const settled = (): void => {
        clearTimeout(timer);
        this.#pending.delete(id);
      };
      this.#pending.set(id, {
        accept: (result) => {
          settled();
          if (guard(result)) {
            resolve(result);
          } else {
            reject(
              new RequestError({ message: `The answer to "${method}" can't be read.`, hint: "", retryable: false }),
            );
          }
        },
        reject: (error) => {
          settled();
          reject(error);
        },
      });
      this.post({ type: "request", clientId: this.clientId, id, method, params });
    });
  }

  /** Answers to requests that nobody waits for any more are dropped. */
  settle(response: HostResponse): void {
    const pending = this.#pending.get(response.id);
    if (pending === undefined) {
      return;
    }
    if (response.ok) {
      pending.accept(response.result);
    } else {
      pending.reject(new RequestError(response.problem));
    }
  }

  dispose(): void {
    this.#disposed = true;
    for (const pending of [...this.#pending.values()]) {
      pending.reject(new RequestError({ message: "The page was closed.", hint: "", retryable: false }));
    }
  }
}
