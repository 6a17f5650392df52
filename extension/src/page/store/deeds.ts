/** What the editor can do with an event, in the menu's words. */

import type { ReplayEvent } from "../../protocol/messages";
import type { DeedRequest } from "../../shared/messages";

export interface EditorDeed {
  readonly words: string;
  readonly deed: DeedRequest["deed"];
  /** Number among the event's files; 0 where it is about none. */
  readonly file: number;
  /** Said when it was done, where the editor shows nothing. */
  readonly told: string;
}

/** Of a call on many files only the first ones are in the menu. */
const MAX_FILES = 4;

export function editorDeeds(
  event: ReplayEvent,
  session: { readonly isFile: boolean; readonly isOnDisk: boolean },
): EditorDeed[] {
  const { tool } = event;
  const paths = tool !== null && event.kind !== "toolResult" ? tool.paths.slice(0, MAX_FILES) : [];
  const changes = tool?.action === "edit" || tool?.action === "write";
  const ofFiles = paths.flatMap((path, file) => {
    const of = paths.length > 1 ? ` · ${nameOf(path)}` : "";
    return [
      ...(changes ? [deed("compareEdit", `Open diff${of}`, file)] : []),
      deed("openFile", `Open file${of}`, file),
      ...(changes ? [deed("showLine", `Jump to this line now${of}`, file)] : []),
      deed("showSeen", `File as the session saw it${of}`, file),
    ];
  });
  return [
    ...ofFiles,
    ...(session.isOnDisk ? [deed("openTranscript", "Open the transcript here", 0)] : []),
    ...(session.isFile ? [] : [deed("copyLink", "Copy link to this moment", 0, "Link copied")]),
  ];
}

function deed(name: DeedRequest["deed"], words: string, file: number, told = ""): EditorDeed {
  return { deed: name, words, file, told };
}

function nameOf(path: string): string {
  return path.split(/[\\/]/).at(-1) || path;
}
