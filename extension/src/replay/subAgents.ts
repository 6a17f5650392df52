/** Which session a sub-agent's call began, among those that are known; pure. */

import type { SessionSummary } from "../protocol/messages";

/** What a call tells of its sub-agent: the task it was given, and what its result says. */
export interface SubAgentHints {
  readonly task: string;
  readonly told: string;
}

type Known = Pick<SessionSummary, "harness" | "sessionId" | "title" | "parentId" | "startedAtMs">;

/** Claude Code's sub-agents are named `<session>~agent-<id>`, and only the id is told in results. */
const AGENT_ID = /~agent-(.+?)(?:~g\d+)?$/;
/** Titles are cut from tasks; this much of one tells it from others. */
const TELLING_CHARS = 24;

/** What a sub-agent is named in its parent's results; empty where its session's id doesn't tell. */
export function agentIdOf(sessionId: string): string {
  return AGENT_ID.exec(sessionId)?.[1] ?? "";
}

/** Undefined when none can be told for sure. */
export function subAgentOf<S extends Known>(
  parent: { readonly harness: string; readonly sessionId: string },
  sessions: readonly S[],
  hints: SubAgentHints,
): S | undefined {
  const children = sessions.filter(
    (each) =>
      each.harness === parent.harness && each.parentId !== null && isSameSession(each.parentId, parent.sessionId),
  );
  const named = children.filter((each) => hints.told.includes(agentIdOf(each.sessionId) || each.sessionId));
  if (named.length > 0) {
    return named.length === 1 ? named[0] : undefined;
  }
  const task = inOneLine(hints.task);
  const alike = children.filter((each) => isBeginningOf(inOneLine(each.title), task));
  return alike.length === 1 ? alike[0] : undefined;
}

/** A generation is another stream of the same session. */
function isSameSession(parentId: string, sessionId: string): boolean {
  return parentId === sessionId || parentId === sessionId.replace(/~g\d+$/, "");
}

function isBeginningOf(title: string, task: string): boolean {
  const stem = title.replace(/…$/, "").trim();
  return stem !== "" && (task.startsWith(stem) || (task.length >= TELLING_CHARS && stem.startsWith(task)));
}

function inOneLine(text: string): string {
  return text.replace(/\s+/g, " ").trim();
}
