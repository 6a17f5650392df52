import { afterEach, beforeEach, expect, test, vi } from "vitest";
import * as vscode from "vscode";
import { HelperError } from "../../../extension/src/helper/client";
import type { Facts, SessionSummary } from "../../../extension/src/protocol/messages";
import { Deeds } from "../../../extension/src/replay/deeds";
import { HabitsMemory } from "../../../extension/src/replay/habits";
import { LeftPlaces } from "../../../extension/src/replay/leftPlaces";
import { OpenedFiles } from "../../../extension/src/replay/openedFiles";
import { REPLAY_VIEW_TYPE, ReplayPanels } from "../../../extension/src/replay/panels";
import { FakeClient } from "../support/fakeClient";
import { fakeLog } from "../support/fakeLog";
import { FakePanel } from "../support/fakePanel";
import { session } from "../support/samples";
import { fakeMemento } from "../support/storage";
import { Disposable, editor } from "../support/vscode";
import { waitFor } from "../support/waitFor";

const target = { harness: "claude-code", sessionId: "s1", title: "My session", origin: "auto" } as const;

interface Serializer {
  deserializeWebviewPanel(panel: FakePanel, state: unknown): Promise<void>;
}

let client: FakeClient;
let created: FakePanel[];
let serializer: Serializer | undefined;
let panels: ReplayPanels;
let log: ReturnType<typeof fakeLog>;
let sessions: readonly SessionSummary[];
let preferences: vscode.Memento;

beforeEach(() => {
  editor.reset();
  created = [];
  sessions = [];
  preferences = fakeMemento();
  Object.assign(vscode.window, {
    registerWebviewPanelSerializer: (viewType: string, given: Serializer) => {
      expect(viewType).toBe(REPLAY_VIEW_TYPE);
      serializer = given;
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
        isLive: true,
        redacted: true,
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
    "sessionMirror/replay/window": ({ start }) => ({ start, records: [], recordCount: 5 }),
  });
  log = fakeLog();
  panels = new ReplayPanels({
    ...{ extensionUri: vscode.Uri.file("/ext"), helper: client, log, sessions: () => sessions },
    openedFiles: new OpenedFiles(fakeMemento()),
    deeds: new Deeds({ extensionId: "a.b", revealFile: async () => undefined }),
    habits: new HabitsMemory(preferences),
    leftPlaces: new LeftPlaces(preferences),
    pageCode: () => ({ loader: "load()", style: "p {}", script: new Uint8Array() }),
  });
});

afterEach(() => {
  panels.dispose();
});

async function openPanel(): Promise<FakePanel> {
  await panels.open(target);
  const panel = created.at(-1);
  if (panel === undefined) {
    throw new Error("No panel was made");
  }
  return panel;
}

function grow(recordCount: number): void {
  tell({ recordCount });
}

function tell(change: Partial<Facts["sessionMirror/replay/didChange"]>): void {
  const fact = {
    replayId: "r1",
    recordCount: 5,
    totalBytes: 90,
    missingBytes: 0,
    problem: null,
    isLive: true,
    restarted: false,
    rearranged: false,
    analysedCount: 0,
    ...change,
  };
  client.tell("sessionMirror/replay/didChange", fact);
}

test("a session opened twice is one tab, revealed", async () => {
  const panel = await openPanel();
  await panels.open({ ...target, title: "Another title" });
  expect(created).toHaveLength(1);
  expect(panel.reveals).toBe(1);
  await panels.open({ ...target, origin: "bucket" });
  expect(created).toHaveLength(2);
});

test("a session in two tabs side by side is one session for each, and both are restored", async () => {
  const first = await openPanel();
  await panels.openBeside(target);
  expect(created).toHaveLength(2);
  await panels.open(target);
  expect([created.length, first.reveals, created[1]?.reveals]).toEqual([2, 0, 1]);
  first.dispose();
  await panels.open(target);
  expect([created.length, created[1]?.reveals]).toEqual([2, 2]);
  const state = { version: 1, target, position: { index: 3, offset: 0, atEnd: false }, open: [] };
  const restored = new FakePanel();
  await serializer?.deserializeWebviewPanel(restored, state);
  expect(restored.isDisposed).toBe(false);
});

test("a page is told to go to a line until it says that it arrived", async () => {
  client.answers["sessionMirror/replay/place"] = ({ line }) => ({
    ...{ index: (line ?? 0) + 1, line: line ?? 0, transcript: null, transcriptLine: null },
  });
  await panels.open(target, 3);
  const panel = created[0];
  panel?.say({ type: "ready", clientId: "a" });
  expect(panel?.snapshots.at(-1)).toMatchObject({ snapshot: { goTo: { id: 1, index: 4 } } });
  panel?.say({ type: "arrived", clientId: "a", goTo: 1 });
  grow(9);
  expect(panel?.snapshots.at(-1)).not.toMatchObject({ snapshot: { goTo: {} } });
});

test("a line that can't be gone to yet is gone to as soon as it is there", async () => {
  let isThere = false;
  const { answers } = client;
  const open = answers["sessionMirror/replay/open"];
  answers["sessionMirror/replay/open"] = (params, onProgress) => {
    const opened = isThere ? open?.(params, onProgress) : undefined;
    return opened ?? Promise.reject(new HelperError("unavailable", "Not running yet.", true));
  };
  answers["sessionMirror/replay/place"] = ({ line }) =>
    (line ?? 0) < 7
      ? { index: line ?? 0, line: line ?? 0, transcript: null, transcriptLine: null }
      : Promise.reject(new Error("no such line"));
  await panels.openMoment(target, 3);
  const panel = created[0];
  panel?.say({ type: "ready", clientId: "a" });
  expect(panel?.snapshots.at(-1)).toMatchObject({ snapshot: { phase: "failed" } });
  isThere = true;
  panel?.say({ type: "retry", clientId: "a" });
  await waitFor("the line", () => JSON.stringify(panel?.snapshots.at(-1)).includes('"goTo":{"id":1,"index":3}'));

  await expect(panels.openMoment(target, 9)).rejects.toThrow("no such line");
  tell({ missingBytes: 10 });
  await panels.openMoment(target, 6);
  expect(panel?.snapshots.at(-1), "the line is on its way").not.toMatchObject({ snapshot: { goTo: { index: 6 } } });
  tell({ recordCount: 7, missingBytes: 5 });
  await waitFor("the line", () => JSON.stringify(panel?.snapshots.at(-1)).includes('"index":6'));
});

test("a link leads to the tab that has the session, wherever that took it from", async () => {
  client.answers["sessionMirror/replay/place"] = () => ({ index: 1, line: 1, transcript: null, transcriptLine: null });
  await panels.open({ ...target, origin: "bucket" });
  await panels.openMoment(target, 1);
  expect(created).toHaveLength(1);
  await panels.openMoment({ ...target, sessionId: "s2" }, 1);
  expect(created).toHaveLength(2);
});

test("of two tabs of one session each has its own handle, and closing one releases only that", async () => {
  let handles = 0;
  const open = client.answers["sessionMirror/replay/open"];
  client.answers["sessionMirror/replay/open"] = async (params, onProgress) => {
    const opened = await open?.(params, onProgress);
    return opened === undefined ? Promise.reject(new Error("closed")) : { ...opened, replayId: `r${++handles}` };
  };
  const released = () => client.asked.filter(({ method }) => method.endsWith("/close")).map(({ params }) => params);
  const first = await openPanel();
  await panels.openBeside(target);
  first.dispose();
  expect(released()).toEqual([{ replayId: "r1" }]);
  const second = created[1];
  second?.say({ type: "ready", clientId: "b" });
  second?.say({
    ...{ type: "request", clientId: "b", id: 1, method: "window", params: { start: 0, count: 1 } },
  });
  await waitFor("an answer", () => second?.posted.some(({ ok }) => ok === true));
  expect(client.asked.at(-1)?.params).toMatchObject({ replayId: "r2" });
  second?.dispose();
  expect(released()).toHaveLength(2);
});

test("a tab begins as the reader likes it, and offers to go back to where the session was left", async () => {
  client.answers["sessionMirror/replay/place"] = ({ line }) => ({
    ...{ index: line ?? 0, line: line ?? 0, transcript: null, transcriptLine: null },
  });
  const first = await openPanel();
  first.say({ type: "ready", clientId: "a" });
  first.say({ type: "prefer", clientId: "a", habits: { speed: 5 } });
  first.say({ type: "left", clientId: "a", line: 3 });
  first.say({ type: "left", clientId: "a", line: -1 });
  first.dispose();
  const again = await openPanel();
  expect(again.webview.html).toContain('data-habits="{&#34;speed&#34;:5}"');
  again.say({ type: "ready", clientId: "b" });
  expect(again.snapshots.at(-1)).toMatchObject({ snapshot: { leftAt: 3 } });
  again.say({ type: "goBack", clientId: "b" });
  await waitFor("the place", () => JSON.stringify(again.snapshots.at(-1)).includes('"goTo":{"id":1,"index":3}'));
});

test("a sub-agent's tab leads back to the session that began it, at the call", async () => {
  const open = client.answers["sessionMirror/replay/open"];
  client.answers["sessionMirror/replay/open"] = async (params, onProgress) => {
    const opened = await open?.(params, onProgress);
    const parentId = params.sessionId === "s1" ? null : "s1";
    return opened === undefined ? Promise.reject(new Error("closed")) : { ...opened, parentId };
  };
  const hit = { index: 4, field: 0, start: 0, length: 1, inOutput: false };
  client.answers["sessionMirror/replay/search"] = ({ start }) => ({
    ...{ hits: [hit], next: { ...start, index: 5 }, isComplete: true, problem: null, unsearched: [] },
  });
  await panels.open({ ...target, sessionId: "s1~agent-a1" });
  created[0]?.say({ type: "ready", clientId: "a" });
  created[0]?.say({ type: "request", clientId: "a", id: 1, method: "openParent", params: {} });
  await waitFor("the parent's tab", () => created.length === 2);
  created[1]?.say({ type: "ready", clientId: "b" });
  await waitFor("the call", () => JSON.stringify(created[1]?.snapshots.at(-1)).includes('"goTo":{"id":1,"index":4}'));
});

test("a sub-agent's session is opened in a tab of its own, and none when it isn't known", async () => {
  const panel = await openPanel();
  panel.say({ type: "ready", clientId: "a" });
  const ask = (id: number, told: string): void =>
    panel.say({ type: "request", clientId: "a", id, method: "openSubAgent", params: { task: "", told } });
  ask(1, "agentId: nobody");
  await waitFor("the answer", () => panel.posted.some((each) => each.type === "response"));
  expect(panel.posted.at(-1)).toMatchObject({ ok: true, result: { opened: false } });
  expect(created).toHaveLength(1);
  sessions = [session({ harness: target.harness, sessionId: "s1~agent-a1", parentId: target.sessionId })];
  ask(2, "agentId: a1");
  await waitFor("the tab", () => created.length === 2);
});

test("a tab that was closed is opened anew, and its handle released", async () => {
  (await openPanel()).dispose();
  expect(client.asked.some(({ method }) => method.endsWith("/close"))).toBe(true);
  await panels.open(target);
  expect(created).toHaveLength(2);
});

test("the page may run only its own script, load nothing and talk to nobody", async () => {
  const { webview } = await openPanel();
  const policy = /Content-Security-Policy" content="([^"]*)"/.exec(webview.html)?.[1] ?? "";
  expect(policy).toContain("default-src &#39;none&#39;");
  expect(policy).toMatch(/script-src &#39;nonce-[\w-]{20,}&#39;;/);
  expect(policy).not.toMatch(/unsafe|https?:|self/);
  expect(webview.html).not.toMatch(/ style="/);
  expect(webview.options).toMatchObject({ enableScripts: true, localResourceRoots: [] });
  expect(Object.keys(webview.options)).not.toContain("retainContextWhenHidden");
});

test("no two pages share a nonce", async () => {
  const nonceOf = (html: string) => /nonce="([^"]+)"/.exec(html)?.[1];
  const first = nonceOf((await openPanel()).webview.html);
  await panels.open({ ...target, sessionId: "s2" });
  expect(nonceOf(created.at(-1)?.webview.html ?? "")).not.toBe(first);
});

test("a title can't break out of the page's frame", async () => {
  await panels.open({ ...target, title: '</title><script>alert("1")</script>' });
  expect(created.at(-1)?.webview.html).not.toContain("<script>alert");
});

test("what the page begins with is under way before it is ready, with the token in its document; once, and open", async () => {
  const panel = await openPanel();
  const token = /data-token="([\w-]{20,})"/.exec(panel.webview.html)?.[1];
  expect(panel.snapshots).toMatchObject([
    { clientId: token, snapshot: { phase: "open", target }, records: { start: 0 } },
  ]);
  grow(6);
  expect(panel.snapshots).toHaveLength(1);
  panel.say({ type: "ready", clientId: "a" });
  expect(panel.snapshots[1]).toMatchObject({ clientId: "a", snapshot: { info: { recordCount: 6 } } });
  expect(panel.snapshots[1]?.["records"]).toBeUndefined();
});

test("a page that isn't seen is told nothing before it is ready", async () => {
  const panel = new FakePanel();
  panel.visible = false;
  await serializer?.deserializeWebviewPanel(panel, { version: 1, target });
  expect(panel.posted).toEqual([]);
});

test("a hidden page gets one snapshot when it is seen again: the newest", async () => {
  const panel = await openPanel();
  panel.say({ type: "ready", clientId: "a" });
  const before = panel.snapshots.length;
  panel.show(false);
  grow(6);
  grow(7);
  expect(panel.snapshots).toHaveLength(before);
  panel.show(true);
  expect(panel.snapshots).toHaveLength(before + 1);
  expect(panel.snapshots.at(-1)).toMatchObject({ snapshot: { info: { recordCount: 7 } } });
});

test("the requests of a page that was loaded anew are no longer answered", async () => {
  const panel = await openPanel();
  panel.say({ type: "ready", clientId: "old" });
  panel.say({ type: "ready", clientId: "new" });
  const ask = { type: "request", id: 1, method: "window", params: { start: 0, count: 5 } };
  panel.say({ ...ask, clientId: "old" });
  panel.say({ ...ask, clientId: "new" });
  await waitFor("an answer", () => panel.posted.some(({ type }) => type === "response"));
  expect(panel.posted.filter(({ type }) => type === "response").map(({ clientId }) => clientId)).toEqual(["new"]);
});

test("what the helper refuses is told to the page as a problem", async () => {
  const panel = await openPanel();
  panel.say({ type: "ready", clientId: "a" });
  panel.say({ type: "request", clientId: "a", id: 4, method: "raw", params: { index: 0, offset: 0 } });
  await waitFor("an answer", () => panel.posted.some(({ type }) => type === "response"));
  expect(panel.posted.at(-1)).toMatchObject({ id: 4, ok: false, problem: { retryable: true } });
});

test("a message that no page of ours would send is ignored, and its content not logged", async () => {
  const panel = await openPanel();
  panel.say({ type: "ready", clientId: "a" });
  const before = client.asked.length;
  panel.say({ type: "request", clientId: "a", id: 1, method: "mirror/configure", params: { secret: "hunter2" } });
  panel.say({ type: "request", clientId: "a", id: 1, method: "openExternal", params: { url: "command:x" } });
  expect(client.asked).toHaveLength(before);
  expect(editor.shown).toEqual([]);
  expect(log.lines.join()).not.toContain("hunter2");
});

test("an address is opened only after the reader saw it whole and agreed", async () => {
  const openExternal = vi.spyOn(vscode.env, "openExternal");
  const panel = await openPanel();
  panel.say({ type: "ready", clientId: "a" });
  const url = "https://example.com/x?y=1";
  const ask = { type: "request", clientId: "a", method: "openExternal", params: { url } };
  panel.say({ ...ask, id: 1 });
  await waitFor("the first answer", () => panel.posted.some(({ id }) => id === 1));
  expect(editor.shown[0]?.detail).toBe(url);
  expect(openExternal).not.toHaveBeenCalled();
  editor.answers.push(() => "Open");
  panel.say({ ...ask, id: 2 });
  await waitFor("the second answer", () => panel.posted.some(({ id }) => id === 2));
  expect(openExternal).toHaveBeenCalledOnce();
});

test("a tab is restored after a window reload, with its options set anew", async () => {
  const panel = new FakePanel();
  const position = { index: 3, offset: 0, atEnd: false };
  await serializer?.deserializeWebviewPanel(panel, { version: 1, target, position, open: [] });
  panel.say({ type: "ready", clientId: "a" });
  await waitFor("it is open", () => panel.snapshots.at(-1)?.["snapshot"]);
  expect(panel.title).toBe("My session");
  expect(panel.webview.options).toMatchObject({ enableScripts: true });
  await panels.open(target);
  expect([created.length, panel.reveals]).toEqual([0, 1]);
});

test.each([undefined, {}, { version: 9, target }])(
  "a tab with state that means nothing is closed: %j",
  async (state) => {
    const panel = new FakePanel();
    await serializer?.deserializeWebviewPanel(panel, state);
    expect(panel.isDisposed).toBe(true);
  },
);

test("taking the extension down releases the sessions but leaves the tabs to be restored", async () => {
  const panel = await openPanel();
  panels.dispose();
  expect(panel.isDisposed).toBe(false);
  expect(client.asked.at(-1)?.method).toBe("sessionMirror/replay/close");
});
