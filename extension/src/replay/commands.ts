/** The commands that open replays other than by the session tree, and the links that lead to a moment. */

import * as vscode from "vscode";
import { Command } from "../host/ids";
import { momentOf } from "../host/links";
import { showError } from "../host/notify";
import type { OpenedFiles } from "./openedFiles";
import type { ReplayPanels } from "./panels";
import { problemOf } from "./replaySession";

const TRANSCRIPTS = { Transcripts: ["jsonl", "zst"] };

export interface ReplayCommandDeps {
  readonly panels: ReplayPanels;
  readonly openedFiles: OpenedFiles;
}

export function registerReplayCommands({ panels, openedFiles }: ReplayCommandDeps): vscode.Disposable {
  const handlers: Partial<Record<Command, (argument?: unknown) => unknown>> = {
    [Command.replayFile]: async (argument) => {
      const uri = argument instanceof vscode.Uri ? argument : (activeTranscript() ?? (await chosenFile()));
      if (uri !== undefined && uri.scheme !== "file") {
        const hint =
          uri.scheme === "untitled"
            ? vscode.l10n.t("Save this one first.")
            : vscode.l10n.t("Copy this one here first.");
        showError(vscode.l10n.t("Only files of this machine can be replayed."), hint);
      } else if (uri !== undefined) {
        await panels.open(await openedFiles.target(uri.fsPath));
      }
    },
    [Command.replayBeside]: async () => {
      const target = panels.active;
      if (target === undefined) {
        showError(vscode.l10n.t("There is no replay in the active editor."));
      } else {
        await panels.openBeside(target);
      }
    },
    [Command.openLink]: async () => {
      const prompt = vscode.l10n.t("The link to a moment of a session");
      const validateInput = (text: string) =>
        momentOf(parsed(text)) === undefined ? vscode.l10n.t("This is no link to a session.") : undefined;
      const text = await vscode.window.showInputBox({ prompt, validateInput, ignoreFocusOut: true });
      if (text !== undefined) {
        await openMoment(panels, parsed(text));
      }
    },
  };
  return vscode.Disposable.from(
    vscode.window.registerUriHandler({ handleUri: (uri) => openMoment(panels, uri) }),
    ...Object.entries(handlers).map(([id, run]) => vscode.commands.registerCommand(id, run)),
  );
}

/** Opens only what this editor's own helper finds, on this machine or in the bucket that the user chose. */
async function openMoment(panels: ReplayPanels, uri: Pick<vscode.Uri, "path" | "query">): Promise<void> {
  const moment = momentOf(uri);
  if (moment === undefined) {
    showError(vscode.l10n.t("This link leads to no session."));
    return;
  }
  const { harness, sessionId, line } = moment;
  try {
    await panels.openMoment({ harness, sessionId, title: sessionId, origin: "auto" }, line);
  } catch (error) {
    const { message, hint } = problemOf(error);
    showError(message, hint);
  }
}

function parsed(text: string): Pick<vscode.Uri, "path" | "query"> {
  return URL.canParse(text.trim()) ? pathAndQuery(new URL(text.trim())) : { path: "", query: "" };
}

function pathAndQuery({ pathname, search }: URL): Pick<vscode.Uri, "path" | "query"> {
  return { path: pathname, query: search.slice(1) };
}

function activeTranscript(): vscode.Uri | undefined {
  const tab = vscode.window.tabGroups.activeTabGroup.activeTab;
  const uri = tab?.input instanceof vscode.TabInputText ? tab.input.uri : undefined;
  return uri !== undefined && /\.jsonl(\.zst)?$/.test(uri.path) ? uri : undefined;
}

async function chosenFile(): Promise<vscode.Uri | undefined> {
  const title = vscode.l10n.t("Which transcript do you want to watch?");
  return (await vscode.window.showOpenDialog({ title, filters: TRANSCRIPTS }))?.[0];
}
