/** What a reader can have done with an event, in the editor: its file, its edit, its line in the transcript. */

import { basename } from "node:path";
import * as vscode from "vscode";
import { spelledOut } from "../host/format";
import { replayLink } from "../host/links";
import { showError, showInformation } from "../host/notify";
import type { ReplayFileResult, ReplayPlaceResult } from "../protocol/messages";
import type { DeedRequest, FoundPlace } from "../shared/messages";
import { findMark } from "./findMark";
import type { ReplaySession } from "./replaySession";
import { type SeenFile, seenUri } from "./seenAddress";
import { onceLookedAt } from "./seenDocuments";
import { fileToOpen } from "./workspaceFile";

export interface DeedsDeps {
  readonly extensionId: string;
  /** Shows a file in the system's file manager, or as near to that as can be. */
  readonly revealFile: (path: string) => Promise<void>;
}

/** What the helper tells of an event's file. The page names a record and a number, and no path. */
interface Subject {
  readonly place: ReplayPlaceResult;
  readonly seen: Omit<SeenFile, "moment">;
  readonly file: ReplayFileResult;
}

export class Deeds {
  constructor(private readonly deps: DeedsDeps) {}

  /** Resolves to whether it was done; where it was not, the reader was told why. */
  async run(session: ReplaySession, request: DeedRequest): Promise<boolean> {
    switch (request.deed) {
      case "compareEdit":
        return compareEdit(session, await subjectOf(session, request));
      case "showSeen":
        return showSeen(await subjectOf(session, request));
      case "openFile":
        return openFile(session, { path: (await subjectOf(session, request)).file.path, line: null });
      case "showLine":
        return showLine(session, await subjectOf(session, request));
      case "openTranscript":
        return this.#openTranscript(await session.place({ index: request.index }));
      case "copyLink":
        return this.#copyLink(session, await session.place({ index: request.index }));
    }
  }

  async #openTranscript({ transcript, transcriptLine }: ReplayPlaceResult): Promise<boolean> {
    if (transcript === null) {
      const what = vscode.l10n.t("This session is shown from its mirror.");
      showError(what, vscode.l10n.t("Its transcript is not on this machine."));
      return false;
    }
    if (transcript.endsWith(".jsonl")) {
      await openAt(vscode.Uri.file(transcript), transcriptLine ?? 0);
    } else {
      await this.deps.revealFile(transcript);
    }
    return true;
  }

  async #copyLink(session: ReplaySession, { line }: ReplayPlaceResult): Promise<boolean> {
    const { harness, sessionId, origin } = session.snapshot.target;
    if (origin === "file") {
      const what = vscode.l10n.t("There is no link to a transcript that was opened as a file.");
      showError(what, vscode.l10n.t("Links lead to sessions that Session Mirror lists."));
      return false;
    }
    await vscode.env.clipboard.writeText(replayLink(this.deps.extensionId, { harness, sessionId, line }));
    return true;
  }
}

/** A file that the session named. Resolves to whether it was opened; where not, the reader was told why. */
export async function openFile(session: ReplaySession, { path, line }: FoundPlace): Promise<boolean> {
  const uri = await fileToOpen(path, session.snapshot.info?.cwd ?? null);
  if (uri !== undefined) {
    await (line === null || line === 0
      ? vscode.commands.executeCommand("vscode.open", uri, { preview: true })
      : openAt(uri, line - 1));
  }
  return uri !== undefined;
}

async function subjectOf(session: ReplaySession, { index, field, file }: DeedRequest): Promise<Subject> {
  const place = await session.place({ index });
  const seen = { target: session.snapshot.target, line: place.line, field, file };
  const { target: _, ...address } = seen;
  const found = await onceLookedAt(() => session.file({ ...address, moment: "after", offset: 0 }));
  return { place, seen, file: found };
}

async function compareEdit(session: ReplaySession, { place, seen, file }: Subject): Promise<boolean> {
  const name = nameOf(file.path);
  if (!file.canCompare) {
    showError(vscode.l10n.t("What this call changed in {0} can't be told from the session.", name));
    return false;
  }
  const where = vscode.l10n.t("line {0} of the session", place.line + 1);
  const [before, after] = (["before", "after"] as const).map((moment) =>
    seenUri(
      { ...seen, moment },
      `${where}, ${moment === "before" ? vscode.l10n.t("before") : vscode.l10n.t("after")}`,
      name,
    ),
  );
  const title = vscode.l10n.t("{0} (before edit {1}) ↔ (after)", name, file.editNumber);
  const { target: _, ...address } = seen;
  const was = await session.file({ ...address, moment: "before", offset: 0 });
  const whole = file.isWhole && was.isWhole ? title : vscode.l10n.t("{0}, as far as it is known", title);
  await vscode.commands.executeCommand("vscode.diff", before, after, whole, { preview: true });
  tellOfCut(file, name);
  return true;
}

async function showSeen({ place, seen, file }: Subject): Promise<boolean> {
  const name = nameOf(file.path);
  if (!file.isWhole && file.totalChars === 0) {
    showError(vscode.l10n.t("The session doesn't tell what was in {0} at that moment.", name));
    return false;
  }
  const where = file.isWhole
    ? vscode.l10n.t("at line {0} of the session", place.line + 1)
    : vscode.l10n.t("parts known at line {0} of the session", place.line + 1);
  await vscode.commands.executeCommand("vscode.open", seenUri({ ...seen, moment: "after" }, where, name), {
    preview: true,
  });
  if (!file.isWhole) {
    const told = vscode.l10n.t(
      "The session saw only parts of {0} by then. A line of ⋯ stands where some may be missing.",
      name,
    );
    showInformation(told);
  }
  tellOfCut(file, name);
  return true;
}

async function showLine(session: ReplaySession, { file }: Subject): Promise<boolean> {
  const uri = await fileToOpen(file.path, session.snapshot.info?.cwd ?? null);
  if (uri === undefined) {
    return false;
  }
  const document = await vscode.workspace.openTextDocument(uri);
  const found = findMark(document.getText(), file.mark);
  await openAt(uri, found?.line ?? 0, found?.lastLine);
  if (found === undefined) {
    const told = vscode.l10n.t("What this call wrote is no longer in {0}.", nameOf(file.path));
    showInformation(told);
  }
  return true;
}

/** Works for files too large for extensions to read, as transcripts may be. */
async function openAt(uri: vscode.Uri, line: number, lastLine = line): Promise<void> {
  const selection = new vscode.Range(line, 0, lastLine, lastLine === line ? 0 : Number.MAX_SAFE_INTEGER);
  await vscode.commands.executeCommand("vscode.open", uri, { preview: true, selection });
}

function tellOfCut(file: ReplayFileResult, name: string): void {
  if (file.isCut) {
    const told = vscode.l10n.t("{0} is longer than 10 million characters: the rest of it is not shown.", name);
    showInformation(told);
  }
}

function nameOf(path: string): string {
  return spelledOut(basename(path.replaceAll("\\", "/")) || path);
}
