/** Where in a session one of its sub-agents was begun: found by searching it for what both know of each other. */

import type { ReplaySession } from "./replaySession";
import { agentIdOf } from "./subAgents";

/** A long session is not looked through to its end for it. */
const SEARCHED_MS = 15_000;
const TELLING_CHARS = 80;

/** The record of the call; undefined where it isn't found. */
export async function callIn(
  parent: Pick<ReplaySession, "search" | "window">,
  childId: string,
  child: Pick<ReplaySession, "window">,
): Promise<number | undefined> {
  const until = Date.now() + SEARCHED_MS;
  for (const words of [agentIdOf(childId), await taskOf(child)]) {
    const found = words === "" ? undefined : await firstHit(parent, words, until);
    if (found !== undefined) {
      return found;
    }
  }
  return undefined;
}

/** The beginning of what the sub-agent was asked, as far as it is spelled the same in every format. */
async function taskOf(child: Pick<ReplaySession, "window">): Promise<string> {
  const { records } = await child.window({ start: 0, count: 16 });
  const prompt = records.flatMap(({ events }) => events).find(({ kind }) => kind === "prompt");
  return (/[^\s"\\][^\n\r"\\]*/.exec(prompt?.text.value ?? "")?.[0] ?? "").slice(0, TELLING_CHARS).trim();
}

async function firstHit(parent: Pick<ReplaySession, "search" | "window">, query: string, until: number) {
  let start = { index: 0, field: 0, offset: 0, inOutput: false };
  while (Date.now() < until) {
    const { hits, next, isComplete } = await parent.search({
      ...{ query, isRegex: false, matchCase: true, start, filter: null },
    });
    const [hit] = hits;
    if (hit !== undefined) {
      const [record] = (await parent.window({ start: hit.index, count: 1 })).records;
      const event = record?.events.find(({ field }) => field === hit.field);
      return event?.kind === "toolResult" ? (event.partner ?? hit.index) : hit.index;
    }
    if (isComplete) {
      return undefined;
    }
    start = next;
  }
  return undefined;
}
