/** Read-only documents with files as a session saw them; the helper tells their text, in pages. */

import * as vscode from "vscode";
import { HelperError } from "../helper/client";
import type { ReplayFileResult } from "../protocol/messages";
import type { ReplayTarget } from "../shared/messages";
import type { ReplaySession } from "./replaySession";
import { SEEN_SCHEME, type SeenFile, seenFileOf } from "./seenAddress";

/** A session that was opened a moment ago is still being looked at. */
const RETRY = { everyMs: 500, forMs: 15_000 };

export interface SeenDocumentsDeps {
  /** Runs with the session of a tab that shows the target, else with one of its own. */
  readonly withSession: <T>(target: ReplayTarget, run: (session: ReplaySession) => Promise<T>) => Promise<T>;
}

export class SeenDocuments implements vscode.TextDocumentContentProvider {
  readonly #registration: vscode.Disposable;

  constructor(private readonly deps: SeenDocumentsDeps) {
    this.#registration = vscode.workspace.registerTextDocumentContentProvider(SEEN_SCHEME, this);
  }

  /** Throws what kept the text from being read; the editor shows it in the document's place. */
  async provideTextDocumentContent(uri: vscode.Uri, token?: vscode.CancellationToken): Promise<string> {
    const seen = seenFileOf(uri);
    if (seen === undefined) {
      throw new Error(vscode.l10n.t("This address names no file of a session."));
    }
    return this.deps.withSession(seen.target, (session) => textOf(session, seen, token));
  }

  dispose(): void {
    this.#registration.dispose();
  }
}

async function textOf(session: ReplaySession, seen: SeenFile, token?: vscode.CancellationToken): Promise<string> {
  const pages: string[] = [];
  let got = 0;
  let total = 0;
  do {
    const page: ReplayFileResult = await onceLookedAt(() => session.file({ ...addressOf(seen), offset: got }));
    if (page.value === "") {
      break;
    }
    pages.push(page.value);
    // The helper counts code points.
    got += [...page.value].length;
    total = page.totalChars;
  } while (got < total && token?.isCancellationRequested !== true);
  return pages.join("");
}

function addressOf({ line, field, file, moment }: SeenFile) {
  return { line, field, file, moment };
}

/** Asks again for a while where the helper has not got that far yet. */
export async function onceLookedAt<T>(ask: () => Promise<T>): Promise<T> {
  const until = Date.now() + RETRY.forMs;
  for (;;) {
    try {
      return await ask();
    } catch (error) {
      if (!HelperError.is(error) || error.kind !== "source" || Date.now() >= until) {
        throw error;
      }
      await new Promise((resolve) => setTimeout(resolve, RETRY.everyMs));
    }
  }
}
