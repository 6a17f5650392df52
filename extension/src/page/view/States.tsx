/** What the tab shows while there is nothing to read. */

import type { PageProblem } from "../../shared/messages";
import { Icon } from "./Icon";

export function Opening({ progress }: { progress: string }) {
  return (
    <main class="state" aria-busy="true">
      <p class="state-text" role="status">
        {progress === "" ? "Opening the session…" : progress}
      </p>
      <div class="state-bar" aria-hidden="true" />
    </main>
  );
}

export function Failed({ problem, onRetry }: { problem: PageProblem; onRetry: () => void }) {
  return (
    <main class="state">
      <span class="state-icon">
        <Icon name="error" />
      </span>
      <div role="alert">
        <h2 class="state-title">The session can't be opened</h2>
        <p class="state-text">{problem.message}</p>
        {problem.hint !== "" && <p class="state-hint">{problem.hint}</p>}
      </div>
      <button type="button" class="button" onClick={onRetry}>
        Retry
      </button>
    </main>
  );
}

export function Empty({ isLive }: { isLive: boolean }) {
  return (
    <main class="state">
      <h2 class="state-title">Nothing here yet</h2>
      <p class="state-text">
        {isLive
          ? "The agent has written nothing so far. What it writes appears here by itself."
          : "This session holds no records."}
      </p>
    </main>
  );
}

/** Something went wrong while reading; what was read stays. */
export function ProblemBar({ problem, onRetry }: { problem: PageProblem; onRetry: () => void }) {
  return (
    <div class="problem" role="alert">
      <Icon name="error" />
      <p>
        {problem.message}
        {problem.hint !== "" && <span class="problem-hint"> {problem.hint}</span>}
      </p>
      <button type="button" class="button" onClick={onRetry}>
        Retry
      </button>
    </div>
  );
}
