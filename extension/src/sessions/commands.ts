/** The commands on sessions, from the tree's menus and from the palette. */

import * as vscode from "vscode";
import type { HelperClient } from "../helper/client";
import type { MirrorConfiguration } from "../helper/configuration";
import { Command, View } from "../host/ids";
import { replayLink } from "../host/links";
import { showError, showInformation } from "../host/notify";
import type { SessionSummary } from "../protocol/messages";
import type { ReplayTarget } from "../shared/messages";
import { ancestorsOf, topmost } from "./ancestors";
import { compactSessions } from "./compact";
import { showFailure } from "./failure";
import type { SessionFeed } from "./feed";
import { openFolder, revealFile } from "./files";
import type { Grouping } from "./grouping";
import { isSessionNode, streamOf, type TreeNode } from "./nodes";
import { everySession, pickSession, pickSessions } from "./pick";
import type { SessionTree } from "./tree";
import { verifySessions } from "./verify";
import { isOnDisk, type Stream, titleOf } from "./words";

export interface SessionCommandDeps {
  readonly client: HelperClient;
  readonly configuration: MirrorConfiguration;
  readonly feed: SessionFeed;
  readonly tree: SessionTree;
  readonly grouping: Grouping;
  readonly log: vscode.LogOutputChannel;
  readonly view: Pick<vscode.TreeView<TreeNode>, "visible" | "selection">;
  readonly extensionId: string;
  readonly openReplay: (target: ReplayTarget) => Promise<void>;
}

export function registerSessionCommands(deps: SessionCommandDeps): vscode.Disposable {
  const { client, feed } = deps;
  const sessionOrPick = async (node: unknown, placeHolder: string, fits: (session: SessionSummary) => boolean) =>
    chosen(deps, node, undefined)[0] ?? (await pickSession(feed.sessions.filter(fits), placeHolder));
  const streamOrPick = async (node: unknown, placeHolder: string): Promise<Stream | undefined> =>
    chosenStreams(deps, node, undefined)[0] ?? (await pickSession(feed.sessions, placeHolder));

  const handlers: Partial<Record<Command, (node?: unknown, selection?: unknown) => unknown>> = {
    [Command.openReplay]: async (node) => {
      await replay(deps, await streamOrPick(node, vscode.l10n.t("Which session do you want to watch?")), "auto");
    },
    [Command.replayFromBucket]: async (node) => {
      const inBucket = everySession(client, feed).then((all) => all.filter((session) => session.partCount > 0));
      const place = vscode.l10n.t("Which session do you want to watch from the bucket?");
      await replay(deps, streamOf(node) ?? (await pickSession(inBucket, place)), "bucket");
    },
    [Command.compactSession]: async (node, selection) => {
      const streams = chosenStreams(deps, node, selection);
      const place = vscode.l10n.t("Which sessions do you want to compact?");
      const candidates = feed.sessions.filter((session) => session.partCount > 0);
      await compactSessions(client, streams.length > 0 ? streams : await pickSessions(candidates, place));
      reloadFor(deps, streams);
    },
    [Command.compactAll]: async () => {
      const candidates = feed.sessions.filter((session) => session.partCount > 1);
      if (candidates.length === 0) {
        showInformation(vscode.l10n.t("No session of this workspace has parts to merge."));
      }
      await compactSessions(client, candidates);
    },
    [Command.verifySession]: async (node, selection) => {
      const streams = chosenStreams(deps, node, selection);
      const place = vscode.l10n.t("Which sessions do you want to verify?");
      const candidates = feed.sessions.filter((session) => session.partCount > 0);
      await verifySessions(client, deps.log, streams.length > 0 ? streams : await pickSessions(candidates, place));
      reloadFor(deps, streams);
    },
    [Command.verifyAll]: async () => {
      const candidates = feed.sessions.filter((session) => session.partCount > 0);
      if (candidates.length === 0) {
        showInformation(vscode.l10n.t("No session of this workspace is in the bucket yet."));
      }
      await verifySessions(client, deps.log, candidates);
    },
    [Command.stopSession]: async (node, selection) => {
      const place = vscode.l10n.t("Which sessions should no longer be mirrored?");
      const candidates = feed.sessions.filter((session) => isOnDisk(session) && session.state !== "stopped");
      const sessions = chosen(deps, node, selection);
      const stopped = sessions.length > 0 ? sessions : await pickSessions(candidates, place);
      await changeEach(deps, "stop", topmost(stopped, feed.sessions));
    },
    [Command.resumeSession]: async (node, selection) => {
      const place = vscode.l10n.t("Which sessions should be mirrored again?");
      const candidates = feed.sessions.filter((session) => session.state === "stopped");
      const sessions = chosen(deps, node, selection);
      const resumed = sessions.length > 0 ? sessions : await pickSessions(candidates, place);
      // A sub-agent is stopped as long as the session is that it works for.
      const stoppedAbove = resumed.flatMap((session) => ancestorsOf(session, candidates));
      await changeEach(deps, "resume", [...new Set([...stoppedAbove, ...resumed])]);
    },
    [Command.revealTranscript]: async (node) => {
      const place = vscode.l10n.t("Whose transcript do you want to see?");
      const session = await sessionOrPick(node, place, isOnDisk);
      if (session !== undefined && session.sourcePath !== null) {
        await revealFile(session.sourcePath);
      }
    },
    [Command.copySessionId]: async (node) => {
      const stream = await streamOrPick(node, vscode.l10n.t("Whose id do you want to copy?"));
      if (stream !== undefined) {
        await vscode.env.clipboard.writeText(stream.sessionId);
      }
    },
    [Command.copySessionLink]: async (node) => {
      const stream = await streamOrPick(node, vscode.l10n.t("Which session do you want a link to?"));
      if (stream !== undefined) {
        const { harness, sessionId } = stream;
        await vscode.env.clipboard.writeText(replayLink(deps.extensionId, { harness, sessionId, line: null }));
      }
    },
    [Command.refreshSessions]: async () => {
      await feed.refresh();
      deps.tree.reload();
    },
    [Command.browseBucket]: async () => {
      deps.tree.browseBucket();
      await vscode.commands.executeCommand(`${View.sessions}.focus`);
    },
    [Command.groupByAgent]: () => deps.grouping.set(true),
    [Command.showAsList]: () => deps.grouping.set(false),
    [Command.openMirrorFolder]: () => openMirrorFolder(deps.configuration),
  };
  const registered = Object.entries(handlers).map(([id, run]) => vscode.commands.registerCommand(id, run));
  return vscode.Disposable.from(...registered);
}

function chosen(deps: SessionCommandDeps, node: unknown, selection: unknown): SessionSummary[] {
  return chosenNodes(deps, node, selection)
    .filter(isSessionNode)
    .map(({ session }) => session);
}

function chosenStreams(deps: SessionCommandDeps, node: unknown, selection: unknown): Stream[] {
  return chosenNodes(deps, node, selection)
    .map(streamOf)
    .filter((stream) => stream !== undefined);
}

/** The row it was run on, with all that is selected along with it; without a row, what the visible tree has selected. */
function chosenNodes(deps: SessionCommandDeps, node: unknown, selection: unknown): readonly unknown[] {
  if (node === undefined) {
    return treeSelection(deps);
  }
  return isSelectionOf(node, selection) ? selection : [node];
}

function treeSelection(deps: SessionCommandDeps): readonly unknown[] {
  return deps.view.visible ? deps.view.selection : [];
}

function isSelectionOf(node: unknown, selection: unknown): selection is unknown[] {
  return Array.isArray(selection) && selection.includes(node);
}

/** The helper tells by itself only what became of this workspace's sessions, by their newest generations. */
function reloadFor({ feed, tree }: SessionCommandDeps, streams: readonly Stream[]): void {
  if (streams.some((stream) => !feed.sessions.some((session) => session.sessionId === stream.sessionId))) {
    tree.reload();
  }
}

async function replay(
  deps: SessionCommandDeps,
  stream: Stream | undefined,
  origin: ReplayTarget["origin"],
): Promise<void> {
  if (stream !== undefined) {
    const { harness, sessionId } = stream;
    await deps.openReplay({ harness, sessionId, title: titleOf(stream), origin });
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
