// What the editor would take its time for comes when it costs least: the page's script beside its document, the tab's icon
// after the page began.

import { afterEach, beforeEach, expect, test, vi } from "vitest";
import * as vscode from "vscode";
import { Deeds } from "../../../extension/src/replay/deeds";
import { HabitsMemory } from "../../../extension/src/replay/habits";
import { LeftPlaces } from "../../../extension/src/replay/leftPlaces";
import { OpenedFiles } from "../../../extension/src/replay/openedFiles";
import { ReplayPanel } from "../../../extension/src/replay/panel";
import { FakeClient } from "../support/fakeClient";
import { fakeLog } from "../support/fakeLog";
import { FakePanel } from "../support/fakePanel";
import { fakeMemento } from "../support/storage";

const SCRIPT = new TextEncoder().encode("run()");

let panel: FakePanel;

beforeEach(() => {
  vi.useFakeTimers();
  panel = new FakePanel();
});

afterEach(() => {
  vi.useRealTimers();
});

/** Returns the id that the document bears. */
function begin(): string {
  const deps = {
    ...{ extensionUri: vscode.Uri.file("/ext"), helper: new FakeClient({}), log: fakeLog(), sessions: () => [] },
    openedFiles: new OpenedFiles(fakeMemento()),
    deeds: new Deeds({ extensionId: "a.b", revealFile: async () => undefined }),
    habits: new HabitsMemory(fakeMemento()),
    leftPlaces: new LeftPlaces(fakeMemento()),
    pageCode: () => ({ loader: "load()", style: "p {}", script: SCRIPT }),
  };
  const target = { harness: "claude-code", sessionId: "s1", title: "A session", origin: "auto" } as const;
  const other = () => Promise.reject(new Error("no other"));
  new ReplayPanel(deps, panel as unknown as vscode.WebviewPanel, target, () => undefined, other);
  return /data-token="([\w-]{20,})"/.exec(panel.webview.html)?.[1] ?? "none";
}

function scripts(): readonly unknown[] {
  return panel.posted.filter(({ type }) => type === "code");
}

test("the page's style and what brings its script stand in it, and need no trip", () => {
  begin();
  const { html } = panel.webview;
  expect(html).toMatch(/<script nonce="[\w-]+">load\(\)<\/script>/);
  expect(html).toMatch(/<style nonce="[\w-]+">p \{\}<\/style>/);
  expect(html).not.toMatch(/ (src|href)=/);
});

test("the script is under way with the document, and the first load of that doesn't have it sent twice", () => {
  const id = begin();
  expect(panel.webview.html).toContain("load()");
  expect(panel.webview.html).not.toContain("run()");
  expect(scripts()).toEqual([{ type: "code", clientId: id, code: SCRIPT }]);
  panel.say({ type: "loading", clientId: id });
  expect(scripts()).toHaveLength(1);
});

test("a document that is loaded again, or still waits, gets the script again", () => {
  const id = begin();
  panel.say({ type: "loading", clientId: id });
  panel.say({ type: "loading", clientId: id });
  panel.say({ type: "loading", clientId: id });
  expect(scripts()).toHaveLength(3);
});

test("what was sent to a page that was hidden before it loaded is sent again when it loads", () => {
  const id = begin();
  panel.show(false);
  panel.show(true);
  panel.say({ type: "loading", clientId: id });
  expect(scripts()).toHaveLength(2);
});

test("a page that is hidden when it begins gets the script when it loads", () => {
  panel.visible = false;
  const id = begin();
  expect(scripts()).toEqual([]);
  panel.show(true);
  panel.say({ type: "loading", clientId: id });
  expect(scripts()).toHaveLength(1);
});

test("nobody else gets it", () => {
  const id = begin();
  panel.say({ type: "loading", clientId: id });
  panel.say({ type: "loading", clientId: "another" });
  expect(scripts()).toHaveLength(1);
});

test("the tab gets its icon a moment after its page began, and none when it was closed by then", () => {
  begin();
  vi.advanceTimersByTime(10_000);
  expect(panel.iconPath).toBeUndefined();
  panel.say({ type: "ready", clientId: "a" });
  expect(panel.iconPath).toBeUndefined();
  vi.advanceTimersByTime(1000);
  expect(panel.iconPath).toMatchObject({ light: { path: "/ext/media/replay-light.svg" } });
  panel = new FakePanel();
  begin();
  panel.say({ type: "ready", clientId: "a" });
  panel.dispose();
  vi.advanceTimersByTime(1000);
  expect(panel.iconPath).toBeUndefined();
});
