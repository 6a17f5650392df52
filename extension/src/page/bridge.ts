/** The page's only way out: messages to its host, and the state that the editor keeps for it. */

import { isHostMessage, resultGuards } from "../shared/guards";
import { type Habits, isHabits } from "../shared/habits";
import type {
  HostMessage,
  PageMessage,
  PageMethod,
  PageRequestOf,
  PageRequests,
  Snapshot,
  WindowResult,
} from "../shared/messages";
import { isPageState, type PageState } from "../shared/pageState";
import { RequestChannel } from "../shared/rpc";

interface VsCodeApi {
  postMessage(message: unknown): void;
  getState(): unknown;
  setState(state: unknown): void;
}

declare function acquireVsCodeApi(): VsCodeApi;

/** Reading from a far bucket may take its time; a helper that was killed needs some to come back. */
const REQUEST_TIMEOUT_MS = 60_000;
/** What may put another tab in front. */
const LEADING_AWAY: ReadonlySet<PageMethod> = new Set(["act", "openFound", "openParent", "openSubAgent"]);

export class Bridge {
  readonly #api = acquireVsCodeApi();
  readonly #clientId = crypto.randomUUID();
  /** Of the first message, which may be under way before the host knows the id. */
  #token = document.getElementById("root")?.dataset["token"];
  readonly #channel = new RequestChannel(
    this.#clientId,
    resultGuards,
    (request) => this.#post(request),
    REQUEST_TIMEOUT_MS,
  );

  constructor(
    onSnapshot: (snapshot: Snapshot, records: WindowResult | undefined) => void,
    /** The reader may be led away. The editor destroys a page that is hidden, and hears nothing that it says then. */
    private readonly onLeaving: () => void,
  ) {
    addEventListener("message", (event: MessageEvent<unknown>) => {
      const message = event.data;
      // The editor hides its own frame from the page, so the source says nothing; the id is known to the host alone.
      if (!isHostMessage(message) || !this.#isMeant(message)) {
        return;
      }
      if (message.type === "snapshot") {
        this.#token = undefined;
        onSnapshot(message.snapshot, message.records);
      } else {
        this.#channel.settle(message);
      }
    });
    addEventListener("pagehide", () => this.#channel.dispose());
  }

  #isMeant({ type, clientId }: HostMessage): boolean {
    return clientId === this.#clientId || (type === "snapshot" && clientId === this.#token);
  }

  ready(): void {
    this.#post({ type: "ready", clientId: this.#clientId });
  }

  arrived(goTo: number): void {
    this.#post({ type: "arrived", clientId: this.#clientId, goTo });
  }

  /** What the reader chose last in any tab. */
  loadHabits(): Habits {
    try {
      const told: unknown = JSON.parse(document.getElementById("root")?.dataset["habits"] ?? "{}");
      return isHabits(told) ? told : {};
    } catch {
      return {};
    }
  }

  prefer(habits: Habits): void {
    this.#post({ type: "prefer", clientId: this.#clientId, habits });
  }

  left(line: number | null): void {
    this.#post({ type: "left", clientId: this.#clientId, line });
  }

  goBack(): void {
    this.#post({ type: "goBack", clientId: this.#clientId });
  }

  retry(): void {
    this.#post({ type: "retry", clientId: this.#clientId });
  }

  request<M extends PageMethod>(method: M, params: PageRequests[M]["params"]): Promise<PageRequests[M]["result"]> {
    if (LEADING_AWAY.has(method)) {
      this.onLeaving();
    }
    return this.#channel.request(method, params);
  }

  loadState(): PageState | undefined {
    const state = this.#api.getState();
    return isPageState(state) ? state : undefined;
  }

  saveState(state: PageState): void {
    this.#api.setState(state);
  }

  #post<M extends PageMethod>(message: PageMessage | PageRequestOf<M>): void {
    this.#api.postMessage(message);
  }
}
