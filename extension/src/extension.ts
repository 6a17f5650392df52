/** Builds the object graph, and takes it down. */

import { hostname } from "node:os";
import * as vscode from "vscode";
import { composeHelper } from "./helper/compose";
import type { HelperSupervisor } from "./helper/supervisor";
import { registerHookCommands } from "./hooks/commands";
import { ContextKeys } from "./host/context";
import { EXTENSION_NAME } from "./host/ids";
import { PauseHere } from "./host/pause";
import { DestinationSecrets } from "./host/secrets";
import { composeReplay } from "./replay/compose";
import { pageCodeOf } from "./replay/pageCode";
import { registerSessionCommands } from "./sessions/commands";
import { connectBucket } from "./sessions/connect/connectBucket";
import { SessionFeed } from "./sessions/feed";
import { revealFile } from "./sessions/files";
import { Grouping } from "./sessions/grouping";
import { SessionTree } from "./sessions/tree";
import { SessionView } from "./sessions/view";
import { registerMirrorCommands } from "./status/commands";
import { MirrorStatus } from "./status/item";
import { welcomeOnce } from "./status/welcome";

let supervisor: HelperSupervisor | undefined;

export function activate(context: vscode.ExtensionContext): void {
  const log = vscode.window.createOutputChannel(EXTENSION_NAME, { log: true });
  const contextKeys = new ContextKeys();
  const secrets = new DestinationSecrets(context.secrets);
  const pause = new PauseHere(context.workspaceState);
  const helper = composeHelper(context, log, secrets, pause);
  const { client, configuration } = helper;
  supervisor = client;

  const feed = new SessionFeed(client, configuration, log);
  const grouping = new Grouping(context.globalState);
  const tree = new SessionTree(feed, client, grouping);
  const view = new SessionView(client, feed, tree, contextKeys);
  const machine = vscode.env.remoteName === undefined ? undefined : hostname();
  const status = new MirrorStatus({ client, configuration, pause, machine });
  const replay = composeReplay({
    extensionUri: context.extensionUri,
    pageCode: pageCodeOf(context.extensionUri),
    extensionId: context.extension.id,
    helper: client,
    log,
    sessions: () => feed.sessions,
    memory: context.workspaceState,
    preferences: context.globalState,
    revealFile,
  });

  const showPause = () => {
    contextKeys.setPaused(pause.paused);
    if (!pause.paused) {
      client.start();
    }
  };
  context.subscriptions.push(
    log,
    pause,
    feed,
    grouping,
    tree,
    view,
    status,
    replay.disposable,
    pause.onDidChange(showPause),
    grouping.onDidChange((isOn) => contextKeys.setGrouped(isOn)),
    client.onDidChangeState((state) => contextKeys.setHelper(state.phase)),
    configuration.onDidConfigure(({ result }) => {
      if (result !== undefined) {
        contextKeys.setDestination(result.isLocal ? "local" : "remote");
        tree.reload();
      }
    }),
    welcomeOnce(context.globalState, configuration, pause),
    registerSessionCommands({
      client,
      configuration,
      feed,
      tree,
      grouping,
      log,
      view: view.tree,
      openReplay: (target) => replay.panels.open(target),
      extensionId: context.extension.id,
    }),
    registerHookCommands({ tool: helper.tool, secrets }),
    registerMirrorCommands({
      helper,
      pause,
      status,
      log,
      connectBucket: () => connectBucket({ client, configuration, secrets }),
      extensionId: context.extension.id,
    }),
  );
  contextKeys.setGrouped(grouping.isOn);
  showPause();
}

/** The editor waits for this a few seconds only: nothing durable depends on it. */
export async function deactivate(): Promise<void> {
  await supervisor?.stop();
}
