/** The commands on sessions, from the tree's menus and from the palette. */

import * as vscode from "vscode";
import type { HelperClient } from "../helper/client";
import type { MirrorConfiguration } from "../helper/configuration";
import { Command, View } from "../host/ids";
import { showError } from "../host/notify";
import type { SessionSummary } from "../protocol/messages";
import type { ReplayTarget } from "../shared/messages";
import { compactSessions } from "./compact";
import { showFailure } from "./failure";
import type { SessionFeed } from "./feed";
import { openFolder, revealFile } from "./files";
import { everySession, pickSession, pickSessions } from "./pick";
import { titleOf } from "./row";
import type { SessionNode, SessionTree, TreeNode } from "./tree";

export interface SessionCommandDeps {
  readonly client: HelperClient;
  readonly configuration: MirrorConfiguration;
  readonly feed: SessionFeed;
  readonly tree: SessionTree;
  readonly view: Pick<vscode.TreeView<TreeNode>, "visible" | "selection">;
  readonly openReplay: (target: ReplayTarget) => Promise<void>;
}

export function registerSessionCommands(deps: SessionCommandDeps): vscode.Disposable {
  const { client, feed } = deps;
  const one = (node: unknown) => chosen(deps, node, undefined)[0];
  const oneOrPick = async (node: unknown, placeHolder: string, fits: (session: SessionSummary) => boolean) =>
    one(node) ?? (await pickSession(feed.sessions.filter(fits), placeHolder));

  const handlers: Partial<Record<Command, (node?: unknown, selection?: unknown) => unknown>> = {
    [Command.openReplay]: async (node) => {
      const session = await oneOrPick(node, vscode.l10n.t("Which session do you want to watch?"), () => true);
      await replay(deps, session, "auto");
    },
    [Command.replayFromBucket]: async (node) => {
      const inBucket = everySession(client, feed).then((all) => all.filter((session) => session.partCount > 0));
      const place = vscode.l10n.t("Which session do you want to watch from the bucket?");
      await replay(deps, isSessionNode(node) ? node.session : await pickSession(inBucket, place), "bucket");
    },
    [Command.compactSession]: async (node, selection) => {
      const sessions = chosen(deps, node, selection);
      const place = vscode.l10n.t("Which sessions do you want to compact?");
      const candidates = feed.sessions.filter((session) => session.partCount > 0);
      await compactSessions(client, sessions.length > 0 ? sessions : await pickSessions(candidates, place));
    },
    [Command.stopSession]: async (node, selection) => {
      const place = vscode.l10n.t("Which sessions should no longer be mirrored?");
      const candidates = feed.sessions.filter((session) => session.sourcePath !== null && session.state !== "stopped");
      const sessions = chosen(deps, node, selection);
      await changeEach(deps, "stop", sessions.length > 0 ? sessions : await pickSessions(candidates, place));
    },
    [Command.resumeSession]: async (node, selection) => {
      const place = vscode.l10n.t("Which sessions should be mirrored again?");
      const candidates = feed.sessions.filter((session) => session.state === "stopped");
      const sessions = chosen(deps, node, selection);
      await changeEach(deps, "resume", sessions.length > 0 ? sessions : await pickSessions(candidates, place));
    },
    [Command.revealTranscript]: async (node) => {
      const place = vscode.l10n.t("Whose transcript do you want to see?");
      const session = await oneOrPick(node, place, ({ sourcePath }) => sourcePath !== null);
      if (session !== undefined && session.sourcePath !== null) {
        await revealFile(session.sourcePath);
      }
    },
    [Command.copySessionId]: async (node) => {
      const session = await oneOrPick(node, vscode.l10n.t("Whose id do you want to copy?"), () => true);
      if (session !== undefined) {
        await vscode.env.clipboard.writeText(session.sessionId);
      }
    },
    [Command.refreshSessions]: async () => {
      await feed.refresh();
      deps.tree.reloadOthers();
    },
    [Command.browseBucket]: async () => {
      deps.tree.browseBucket();
      await vscode.commands.executeCommand(`${View.sessions}.focus`);
    },
    [Command.openMirrorFolder]: () => openMirrorFolder(deps.configuration),
  };
  const registered = Object.entries(handlers).map(([id, run]) => vscode.commands.registerCommand(id, run));
  return vscode.Disposable.from(...registered);
}

/** The row it was run on, with all that is selected along with it; without a row, what the visible tree has selected. */
function chosen(deps: SessionCommandDeps, node: unknown, selection: unknown): SessionSummary[] {
  const nodes = node === undefined ? treeSelection(deps) : isSelectionOf(node, selection) ? selection : [node];
  return nodes.filter(isSessionNode).map(({ session }) => session);
}

function treeSelection(deps: SessionCommandDeps): readonly unknown[] {
  return deps.view.visible ? deps.view.selection : [];
}

function isSelectionOf(node: unknown, selection: unknown): selection is unknown[] {
  return Array.isArray(selection) && selection.includes(node);
}

function isSessionNode(node: unknown): node is SessionNode {
  return typeof node === "object" && node !== null && "kind" in node && node.kind === "session";
}

async function replay(
  deps: SessionCommandDeps,
  session: SessionSummary | undefined,
  origin: ReplayTarget["origin"],
): Promise<void> {
  if (session !== undefined) {
    const { harness, sessionId } = session;
    await deps.openReplay({ harness, sessionId, title: titleOf(session), origin });
  }
}

async function changeEach(
  deps: SessionCommandDeps,
  verb: "stop" | "resume",
  sessions: readonly SessionSummary[],
): Promise<void> {
  for (const session of sessions) {
    const { harness, sessionId } = session;
    try {
      await deps.client.request(`sessionMirror/sessions/${verb}`, { harness, sessionId });
    } catch (error) {
      const what =
        verb === "stop"
          ? vscode.l10n.t("“{0}” is still mirrored.", titleOf(session))
          : vscode.l10n.t("“{0}” is still stopped.", titleOf(session));
      showFailure(what, error, () => changeEach(deps, verb, sessions.slice(sessions.indexOf(session))));
      break;
    }
  }
  await deps.feed.refresh();
}

async function openMirrorFolder(configuration: MirrorConfiguration): Promise<void> {
  const result = configuration.current?.result;
  if (result === undefined) {
    showError(vscode.l10n.t("The mirroring helper is not running yet."));
  } else if (!result.isLocal) {
    showError(vscode.l10n.t("Sessions are mirrored to {0}, which is not a folder.", result.destinationLabel));
  } else {
    await openFolder(result.destinationUrl);
  }
}
