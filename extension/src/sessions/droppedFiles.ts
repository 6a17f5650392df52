/** Files that are dropped onto the tree open as replays. */

import * as vscode from "vscode";
import { Command } from "../host/ids";
import type { TreeNode } from "./nodes";

const URI_LIST = "text/uri-list";
/** Files from outside of the editor. */
const FILES = "files";
/** Each opens a tab. */
const MOST_AT_ONCE = 8;

export const droppedFiles: vscode.TreeDragAndDropController<TreeNode> = {
  dragMimeTypes: [],
  dropMimeTypes: [URI_LIST, FILES],
  handleDrop: async (_target, dropped) => {
    for (const uri of (await urisOf(dropped)).slice(0, MOST_AT_ONCE)) {
      await vscode.commands.executeCommand(Command.replayFile, uri);
    }
  },
};

async function urisOf(dropped: vscode.DataTransfer): Promise<readonly vscode.Uri[]> {
  const listed = (await dropped.get(URI_LIST)?.asString()) ?? "";
  const uris = listed
    .split(/\r?\n/)
    .filter((line) => line !== "" && !line.startsWith("#"))
    .map((line) => vscode.Uri.parse(line));
  const files = [...dropped].flatMap(([, item]) => item.asFile()?.uri ?? []);
  const names = new Set<string>();
  return [...uris, ...files].filter((uri) => !names.has(uri.toString()) && names.add(uri.toString()));
}
