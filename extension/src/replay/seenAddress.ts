/** Addresses of documents that show a file as a session saw it: which session, which call, before or after it. */

import * as vscode from "vscode";
import { isReplayTarget } from "../shared/guards";
import type { ReplayTarget } from "../shared/messages";
import { type Guard, isCount, oneOf, shape } from "../shared/shape";

export const SEEN_SCHEME = "session-mirror-seen";

/** The call stands at a line of the stream, so it is still the same one after a reload. */
export interface SeenFile {
  readonly target: ReplayTarget;
  readonly line: number;
  readonly field: number;
  readonly file: number;
  readonly moment: "before" | "after";
}

const isSeenFile: Guard<SeenFile> = shape<SeenFile>({
  target: isReplayTarget,
  line: isCount,
  field: isCount,
  file: isCount,
  moment: oneOf("before", "after"),
});

/** The path is for the reader, and for the editor to know the language by. */
export function seenUri(seen: SeenFile, where: string, name: string): vscode.Uri {
  const words = [where, name].map((part) => part.replace(/[\\/]/g, "-"));
  return vscode.Uri.from({ scheme: SEEN_SCHEME, path: `/${words.join("/")}`, query: JSON.stringify(seen) });
}

export function seenFileOf(uri: vscode.Uri): SeenFile | undefined {
  try {
    const seen: unknown = JSON.parse(uri.query);
    return isSeenFile(seen) ? seen : undefined;
  } catch {
    return undefined;
  }
}
