import { beforeEach, expect, test } from "vitest";
import type * as vscode from "vscode";
import { droppedFiles } from "../../../extension/src/sessions/droppedFiles";
import { editor, Uri } from "../support/vscode";

beforeEach(() => {
  editor.reset();
});

function dropped(list: string, ...files: string[]): vscode.DataTransfer {
  const item = (text: string, file?: string) => ({
    asString: async () => text,
    asFile: () =>
      file === undefined ? undefined : { name: file, uri: Uri.file(file), data: async () => new Uint8Array() },
  });
  const items = new Map([
    ["text/uri-list", item(list)],
    ...files.map((file, number) => [`files ${number}`, item("", file)] as const),
  ]);
  return items as unknown as vscode.DataTransfer;
}

test("files that are dropped onto the tree open as replays, each once and not too many", async () => {
  const token = {} as vscode.CancellationToken;
  await droppedFiles.handleDrop?.(
    undefined,
    dropped("# a list\r\nfile:///home/ada/a.jsonl\r\n", "/home/ada/b.jsonl"),
    token,
  );
  expect(editor.executed.map(([id, uri]) => [id, String(Object(uri).path)])).toEqual([
    ["sessionMirror.replayFile", "/home/ada/a.jsonl"],
    ["sessionMirror.replayFile", "/home/ada/b.jsonl"],
  ]);
  editor.reset();
  await droppedFiles.handleDrop?.(undefined, dropped("file:///home/ada/a.jsonl\n".repeat(3)), token);
  expect(editor.executed).toHaveLength(1);
  const many = Array.from({ length: 50 }, (_, number) => `file:///home/ada/${number}.jsonl`);
  await droppedFiles.handleDrop?.(undefined, dropped(many.join("\n")), token);
  expect(editor.executed.length).toBeLessThan(12);
});
