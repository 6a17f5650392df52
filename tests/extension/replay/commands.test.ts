import { beforeEach, expect, test } from "vitest";
import * as vscode from "vscode";
import { composeReplay } from "../../../extension/src/replay/compose";
import { FakeClient } from "../support/fakeClient";
import { fakeLog } from "../support/fakeLog";
import { FakePanel } from "../support/fakePanel";
import { fakeMemento } from "../support/storage";
import { Disposable, editor, TabInputText, Uri } from "../support/vscode";

let created: FakePanel[];
let client: FakeClient;
let memory: vscode.Memento;
let restore: (panel: FakePanel, state: unknown) => Promise<void>;

beforeEach(() => {
  editor.reset();
  created = [];
  Object.assign(vscode.window, {
    registerWebviewPanelSerializer: (_type: string, given: { deserializeWebviewPanel: typeof restore }) => {
      restore = given.deserializeWebviewPanel;
      return new Disposable(() => undefined);
    },
    createWebviewPanel: () => {
      const panel = new FakePanel();
      created.push(panel);
      return panel;
    },
  });
  client = new FakeClient({
    "sessionMirror/replay/open": () => ({
      ...{ replayId: "r1", origin: "disk", title: "My session", cwd: null, recordCount: 5, totalBytes: 50 },
      ...{
        isLive: false,
        redacted: false,
        problem: null,
        missingBytes: 0,
        analysedCount: 0,
        standing: "current",
        machine: null,
        harness: "claude-code",
        parentId: null,
      },
    }),
    "sessionMirror/replay/close": () => ({}),
    "sessionMirror/replay/place": ({ line }) => ({
      ...{ index: line ?? 0, line: line ?? 0, transcript: null, transcriptLine: null },
    }),
  });
  memory = fakeMemento();
  compose();
});

function compose(): vscode.Disposable {
  return composeReplay({
    ...{ extensionUri: vscode.Uri.file("/ext"), extensionId: "a.b", helper: client, log: fakeLog(), memory },
    preferences: fakeMemento(),
    pageCode: () => ({ loader: "", style: "", script: new Uint8Array() }),
    ...{ sessions: () => [], revealFile: async () => undefined },
  }).disposable;
}

function openParams(): unknown[] {
  return client.asked.filter(({ method }) => method.endsWith("/open")).map(({ params }) => params);
}

function link(query: string, path = "/replay"): unknown {
  return editor.uriHandler?.handleUri(new Uri("vscode", path, query));
}

test("a link opens its session at its line", async () => {
  await link("harness=claude-code&session=s%201&line=4");
  expect(openParams()).toEqual([{ harness: "claude-code", sessionId: "s 1", origin: "auto" }]);
  created[0]?.say({ type: "ready", clientId: "a" });
  expect(created[0]?.snapshots.at(-1)).toMatchObject({ snapshot: { goTo: { index: 3 } } });
});

test.each([
  ["", "/replay"],
  ["harness=claude-code", "/replay"],
  ["harness=../x&session=s", "/replay"],
  ["harness=claude-code&session=s&line=0", "/replay"],
  ["harness=claude-code&session=s&line=1e3", "/replay"],
  ["harness=claude-code&session=a%00b", "/replay"],
  [`harness=claude-code&session=${"s".repeat(600)}`, "/replay"],
  ["harness=claude-code&session=s", "/other"],
])("a link that leads nowhere opens nothing and says so: %s %s", async (query, path) => {
  await link(query, path);
  expect([created.length, client.asked.length, editor.shown.length]).toEqual([0, 0, 1]);
});

test("a link can't name a file, nor where the session is taken from", async () => {
  await link("harness=claude-code&session=s&path=/etc/passwd&origin=file");
  expect(openParams()).toEqual([{ harness: "claude-code", sessionId: "s", origin: "auto" }]);
});

test("a line that the session doesn't have is told, and the session open all the same", async () => {
  client.answers["sessionMirror/replay/place"] = () => Promise.reject(new Error("The session has no line 9."));
  await link("harness=claude-code&session=s&line=9");
  expect(created).toHaveLength(1);
  expect(editor.shown[0]?.message).toContain("no line 9");
});

test("a link is taken from the palette too", async () => {
  editor.answers.push(() => "vscode://a.b/replay?harness=codex&session=s");
  await editor.commands.get("sessionMirror.openLink")?.();
  expect(openParams()).toEqual([{ harness: "codex", sessionId: "s", origin: "auto" }]);
});

test("any transcript opens by its path, which the page never learns nor can choose", async () => {
  await editor.commands.get("sessionMirror.replayFile")?.(Uri.file("/home/ada/Downloads/run.jsonl"));
  expect(openParams()).toMatchObject([{ path: "/home/ada/Downloads/run.jsonl" }]);
  created[0]?.say({ type: "ready", clientId: "a" });
  expect(JSON.stringify(created[0]?.posted)).not.toContain("/home/ada");

  const { target } = Object(created[0]?.snapshots.at(-1)?.["snapshot"]);
  const position = { index: 0, offset: 0, atEnd: false };
  compose();
  await restore(new FakePanel(), { version: 1, target, position, open: [] });
  const forged = { ...target, sessionId: "/etc/passwd", path: "/etc/passwd" };
  await restore(new FakePanel(), { version: 1, target: forged, position, open: [] });
  expect(openParams().map((params) => Object(params).path)).toEqual([
    "/home/ada/Downloads/run.jsonl",
    "/home/ada/Downloads/run.jsonl",
  ]);
});

test("the transcript in the active editor is the one that is meant, the same one in one tab", async () => {
  editor.activeTab = { input: new TabInputText(Uri.file("/home/ada/run.jsonl")) };
  await editor.commands.get("sessionMirror.replayFile")?.();
  await editor.commands.get("sessionMirror.replayFile")?.();
  expect([created.length, created[0]?.reveals]).toEqual([1, 1]);
  editor.activeTab = { input: new TabInputText(new Uri("untitled", "/run.jsonl")) };
  await editor.commands.get("sessionMirror.replayFile")?.();
  expect(editor.shown[0]?.message).toBe("Only files of this machine can be replayed. Save this one first.");
  await editor.commands.get("sessionMirror.replayFile")?.(new Uri("https", "/run.jsonl"));
  expect(editor.shown[1]?.message).toContain("Copy this one here first.");
});

test("the replay that the reader is in opens once more to the side", async () => {
  await link("harness=codex&session=s");
  await editor.commands.get("sessionMirror.replayBeside")?.();
  expect([created.length, editor.shown.length]).toEqual([1, 1]);
  Object.assign(created[0] ?? {}, { active: true });
  await editor.commands.get("sessionMirror.replayBeside")?.();
  expect(created).toHaveLength(2);
});
