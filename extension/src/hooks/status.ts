/** What `session-mirror hooks status --json` says. */

import { HelperError } from "../helper/client";

export type HookState = "installed" | "outdated" | "notInstalled" | "unusable";

export interface AgentHooks {
  readonly agent: string;
  readonly label: string;
  readonly file: string;
  readonly hasHome: boolean;
  readonly state: HookState;
  /** Why hooks that are there do not run; empty when they do. */
  readonly obstacle: string;
  /** Why the file can't be used; empty when it can. */
  readonly problem: string;
}

type Field = "agents" | "agent" | "label" | "file" | "has_home" | "state" | "obstacle" | "problem";
type Told = { readonly [name in Field]?: unknown };

const STATES: readonly HookState[] = ["installed", "outdated", "notInstalled", "unusable"];

export function parseStatus(text: string): AgentHooks[] {
  const { agents } = told(JSON.parse(text));
  return Array.isArray(agents) ? agents.map(told).map(agentHooks) : [];
}

function agentHooks(one: Told): AgentHooks {
  const state = STATES.find((known) => known === one.state);
  if (state === undefined) {
    throw new HelperError("gone", "The state of the hooks was not understood.", true);
  }
  return {
    agent: text(one.agent),
    label: text(one.label),
    file: text(one.file),
    hasHome: one.has_home === true,
    state,
    obstacle: text(one.obstacle),
    problem: text(one.problem),
  };
}

function told(value: unknown): Told {
  return typeof value === "object" && value !== null ? value : {};
}

function text(value: unknown): string {
  return typeof value === "string" ? value : "";
}
