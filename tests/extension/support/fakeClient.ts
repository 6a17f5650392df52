import type { Disposable } from "vscode";
import type { HelperClient, HelperState, ProgressReport } from "../../../extension/src/helper/client";
import { FactHub } from "../../../extension/src/helper/facts";
import type { Facts, Requests } from "../../../extension/src/protocol/messages";
import { EventEmitter } from "./vscode";

type Answers = {
  -readonly [M in keyof Requests]?: (
    params: Requests[M]["params"],
    onProgress: (report: ProgressReport) => void,
  ) => Promise<Requests[M]["result"]> | Requests[M]["result"];
};

/** A helper that is answered for by the test; a method without an answer fails the request. */
export class FakeClient implements HelperClient {
  state: HelperState = { phase: "running" };
  readonly asked: { readonly method: string; readonly params: unknown }[] = [];
  private readonly states = new EventEmitter<HelperState>();
  readonly onDidChangeState = this.states.event;
  private readonly facts = new FactHub();

  constructor(readonly answers: Answers = {}) {}

  async request<M extends keyof Requests>(
    method: M,
    params: Requests[M]["params"],
    _token?: unknown,
    onProgress: (report: ProgressReport) => void = () => undefined,
  ): Promise<Requests[M]["result"]> {
    this.asked.push({ method, params });
    const answer = this.answers[method];
    if (answer === undefined) {
      throw new Error(`The test has no answer to ${method}`);
    }
    return answer(params, onProgress);
  }

  onFact<M extends keyof Facts>(method: M, listener: (fact: Facts[M]) => void): Disposable {
    return this.facts.on(method, listener);
  }

  tell<M extends keyof Facts>(method: M, fact: Facts[M]): void {
    this.facts.fire(method, fact);
  }

  become(state: HelperState): void {
    this.state = state;
    this.states.fire(state);
  }
}
