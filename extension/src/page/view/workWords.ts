/** What a group of work comes to, in words. */

import type { WorkGroup } from "../../protocol/messages";
import { formatDuration, plural } from "../format";

/** `ahead`: it is being played, and what comes of it is not known yet. `present`: the agent is at it. */
export type WorkPhase = "ahead" | "present" | "past";

/** Shorter times are no news. */
const TOLD_MS = 500;

export interface WorkWords {
  readonly words: readonly string[];
  /** Empty when nothing failed. */
  readonly failed: string;
}

export function workWords(group: WorkGroup, phase: WorkPhase): WorkWords {
  if (phase === "ahead") {
    return { words: ["Working"], failed: "" };
  }
  const { calls, failed, files, changedFiles, tookMs, records } = group;
  const verb = phase === "present" ? "Working" : "Worked";
  return {
    words: [
      tookMs !== null && tookMs >= TOLD_MS ? `${verb} for ${formatDuration(tookMs)}` : verb,
      calls > 0 ? plural(calls, "call", "calls") : plural(records, "record", "records"),
      filesWords(files, changedFiles),
    ].filter((each) => each !== ""),
    failed: failed > 0 ? plural(failed, "failed", "failed") : "",
  };
}

function filesWords(files: number, changed: number): string {
  if (changed > 0) {
    return `${plural(changed, "file", "files")} changed`;
  }
  return files > 0 ? `${plural(files, "file", "files")} read` : "";
}
