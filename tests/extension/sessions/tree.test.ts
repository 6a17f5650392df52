import { afterEach, beforeEach, describe, expect, test, vi } from "vitest";
import { HelperError } from "../../../extension/src/helper/client";
import { MirrorConfiguration } from "../../../extension/src/helper/configuration";
import { PauseHere } from "../../../extension/src/host/pause";
import { DestinationSecrets } from "../../../extension/src/host/secrets";
import type { SessionSummary } from "../../../extension/src/protocol/messages";
import { SessionFeed } from "../../../extension/src/sessions/feed";
import { Grouping } from "../../../extension/src/sessions/grouping";
import { streamOf, type TreeNode } from "../../../extension/src/sessions/nodes";
import { SessionTree } from "../../../extension/src/sessions/tree";
import { FakeClient } from "../support/fakeClient";
import { fakeLog } from "../support/fakeLog";
import { health, past, session } from "../support/samples";
import { fakeMemento, fakeSecrets } from "../support/storage";
import { editor } from "../support/vscode";

let client: FakeClient;
let feed: SessionFeed;
let tree: SessionTree;
let grouping: Grouping;
/** What the tree told the editor: names of rows, or "all". */
let fired: string[];
let here: SessionSummary[];
let everywhere: SessionSummary[];

beforeEach(async () => {
  vi.useFakeTimers({ now: 1_000_000 });
  editor.reset();
  here = [session({ sessionId: "a", startedAtMs: 2 }), session({ sessionId: "b", startedAtMs: 1 })];
  everywhere = [...here, session({ sessionId: "far", sourcePath: null, state: "bucketOnly" })];
  client = new FakeClient({
    "sessionMirror/sessions/list": ({ scope }) => ({ sessions: scope === "all" ? everywhere : here, problem: null }),
  });
  const configuration = new MirrorConfiguration(new DestinationSecrets(fakeSecrets()), new PauseHere(fakeMemento()));
  feed = new SessionFeed(client, configuration, fakeLog());
  grouping = new Grouping(fakeMemento());
  tree = new SessionTree(feed, client, grouping);
  fired = [];
  tree.onDidChangeTreeData((nodes) => {
    const list = Array.isArray(nodes) ? nodes : [nodes];
    fired.push(list.map((node) => (node === undefined ? "all" : String(tree.getTreeItem(node).label))).join());
  });
  await feed.refresh();
  await tree.getChildren();
  vi.advanceTimersByTime(1000);
  fired = [];
});

afterEach(() => {
  tree.dispose();
  feed.dispose();
  vi.useRealTimers();
});

async function labels(parent?: TreeNode): Promise<string[]> {
  return (await tree.getChildren(parent)).map((node) => String(tree.getTreeItem(node).label));
}

async function rows(): Promise<TreeNode[]> {
  return tree.getChildren();
}

function tellChange(...changed: SessionSummary[]): void {
  client.tell("sessionMirror/sessions/didChange", { changed, removed: [] });
}

describe("an update", () => {
  test("redraws only the row that changed", () => {
    tellChange(session({ sessionId: "b", startedAtMs: 1, title: "renamed" }));
    expect(fired).toEqual(["renamed"]);
  });

  test("that changes nothing to be seen redraws nothing", () => {
    tellChange(session({ sessionId: "b", startedAtMs: 1 }));
    expect(fired).toEqual([]);
  });

  test("redraws the list when a session comes", () => {
    tellChange(session({ sessionId: "c" }));
    expect(fired).toEqual(["all"]);
  });

  test("comes at most four times a second, and the last one is never lost", () => {
    for (let i = 0; i < 100; i += 1) {
      tellChange(session({ sessionId: "a", startedAtMs: 2, title: `title ${i}` }));
      vi.advanceTimersByTime(10);
    }
    vi.advanceTimersByTime(250);
    expect(fired.length).toBeLessThanOrEqual(5);
    expect(fired.at(-1)).toBe("title 99");
  });
});

test("ages move on by themselves, each minute, as rows and not as a whole list", () => {
  vi.advanceTimersByTime(2 * 60_000);
  expect(fired.length).toBeGreaterThan(0);
  expect(fired).not.toContain("all");
});

test("a row is the same object with the same id after every listing", async () => {
  const before = await rows();
  here = here.map((summary) => ({ ...summary, title: "x" }));
  await feed.refresh();
  const after = await rows();
  expect(after[0]).toBe(before[0]);
  expect(after.map((node) => tree.getTreeItem(node).id)).toEqual(before.map((node) => tree.getTreeItem(node).id));
});

describe("the other sessions of the bucket", () => {
  test("are a group that is listed only when opened, without those already shown", async () => {
    const group = (await rows()).at(-1);
    expect(client.asked).not.toContainEqual({ method: "sessionMirror/sessions/list", params: { scope: "all" } });
    const children = await tree.getChildren(group);
    expect(children).toMatchObject([{ kind: "session", session: { sessionId: "far" } }]);
  });

  test("say why they can't be listed", async () => {
    client.answers["sessionMirror/sessions/list"] = () => ({
      sessions: [],
      problem: { kind: "auth", message: "Access denied.", hint: "Check the keys.", retryable: true },
    });
    expect(await labels((await rows()).at(-1))).toEqual(["Access denied. Check the keys."]);
  });

  test("leave an empty workspace's view to its empty state, until asked for", async () => {
    here = [];
    await feed.refresh();
    expect(await rows()).toEqual([]);
    tree.browseBucket();
    expect(await labels()).toEqual(["Other sessions in the bucket"]);
  });
});

describe("the past of a session", () => {
  const rewritten = session({ generation: 3, historyCount: 2 });
  const entries = [past({ generation: 2, sessionId: "x~g2" }), past({ sessionId: "x~g1" })];

  beforeEach(async () => {
    here = [rewritten];
    client.answers["sessionMirror/sessions/history"] = () => ({ entries });
    await feed.refresh();
  });

  test("is below its one row, asked for when that is unfolded, and not again with every redrawing", async () => {
    const [row] = await rows();
    expect(row && tree.getTreeItem(row).collapsibleState).toBe(1);
    expect(client.asked.filter(({ method }) => method.endsWith("history"))).toEqual([]);
    expect(await labels(row)).toEqual(["Generation 2", "Generation 1"]);
    tellChange({ ...rewritten, sourceBytes: 99_999 });
    expect(await labels(row)).toEqual(["Generation 2", "Generation 1"]);
    const { harness, sessionId } = rewritten;
    expect(client.asked.filter(({ method }) => method.endsWith("history"))).toEqual([
      { method: "sessionMirror/sessions/history", params: { harness, sessionId } },
    ]);
  });

  test("is asked for again when another generation began, and when it was folded meanwhile", async () => {
    const [row] = await rows();
    await tree.getChildren(row);
    tellChange({ ...rewritten, generation: 4, historyCount: 3 });
    vi.advanceTimersByTime(250);
    await tree.getChildren(row);
    tree.folded(row ?? { kind: "others" });
    await tree.getChildren(row);
    expect(client.asked.filter(({ method }) => method.endsWith("history"))).toHaveLength(3);
  });

  test("is what its commands work on: a click replays exactly that generation", async () => {
    const [row] = await rows();
    const [child] = await tree.getChildren(row);
    expect(child && tree.getTreeItem(child).command?.arguments).toEqual([child]);
    expect(streamOf(child)).toEqual({
      harness: "claude-code",
      sessionId: "x~g2",
      title: "Fix the flaky test",
      streamBytes: 3_000_000,
    });
    expect(child && tree.getParent(child)).toBe(row);
  });

  test("says why it can't be listed, and is tried again", async () => {
    client.answers["sessionMirror/sessions/history"] = () => {
      throw new HelperError("refused", "Access denied.", true, "Check the keys.", "auth");
    };
    const [row] = await rows();
    expect(await labels(row)).toEqual(["Access denied."]);
    client.answers["sessionMirror/sessions/history"] = () => ({ entries: [] });
    expect(await labels(row)).toEqual(["Nothing earlier is in the bucket."]);
  });
});

test("the bucket is not listed again because rows moved", async () => {
  const group = (await rows()).at(-1);
  await tree.getChildren(group);
  await tree.getChildren(group);
  const everything = () => client.asked.filter(({ params }) => Reflect.get(Object(params), "scope") === "all");
  expect(everything()).toHaveLength(1);
  tree.reload();
  await tree.getChildren(group);
  expect(everything()).toHaveLength(2);
});

test("a session that is written all the time is drawn anew every two seconds, no more", () => {
  for (let step = 0; step < 100; step += 1) {
    const state = step % 2 === 0 ? "behind" : "live";
    tellChange(session({ sessionId: "a", startedAtMs: 2, state, sourceBytes: 12_345 + step * 5_000 }));
    vi.advanceTimersByTime(100);
  }
  expect(fired.length).toBeGreaterThan(2);
  expect(fired.length).toBeLessThanOrEqual(7);
});

test("a tooltip holds titles and paths as text: no link, no command, no markup of theirs", async () => {
  here = [session({ title: "[x](command:evil) <img src=x> **b**", cwd: "![i](https://evil/i.png)" })];
  await feed.refresh();
  const [row] = await rows();
  const tooltip = row && tree.getTreeItem(row).tooltip;
  expect(tooltip).toMatchObject({ isTrusted: false, supportHtml: false });
  const value = String(Reflect.get(Object(tooltip), "value"));
  expect(value).not.toMatch(/[^\\]\]\(|[^\\]<img|!\[/);
});

test("a bare address or a mail address in a title is no link in the tooltip", async () => {
  here = [session({ title: "see https://evil.example/x or www.evil.example, ask eve@evil.example" })];
  await feed.refresh();
  const [row] = await rows();
  const value = String(Reflect.get(Object(row && tree.getTreeItem(row).tooltip), "value"));
  expect(value).toContain("evil.example");
  expect(value).not.toMatch(/:\/\/|www\.|@/);
});

test("the last list stays while the helper is away, and a new life is asked again", async () => {
  client.become({ phase: "restarting", attempt: 1, reason: "SIGKILL" });
  expect(await labels()).toHaveLength(3);
  here = [session({ sessionId: "after", title: "after" })];
  client.become({ phase: "running" });
  await vi.advanceTimersByTimeAsync(0);
  expect(await labels()).toContain("after");
});

describe("sub-agents", () => {
  const child = session({ sessionId: "b~agent-1", parentId: "b", title: "Explore: find the tests" });
  const grandchild = session({ sessionId: "b~agent-2", parentId: "b~agent-1", title: "Plan: think" });
  const tell = async (...sessions: SessionSummary[]) => {
    here = sessions;
    await feed.refresh();
    await vi.advanceTimersByTimeAsync(10_000);
    await rows();
    fired = [];
  };
  const named = async (title: string) => (await rows()).find((node) => tree.getTreeItem(node).label === title);

  test("stand below the session that began them, and below each other", async () => {
    await tell(session({ sessionId: "a" }), session({ sessionId: "b", title: "mother" }), grandchild, child);
    expect(await labels()).toEqual(["Fix the flaky test", "mother", "Other sessions in the bucket"]);
    const mother = await named("mother");
    expect(await labels(mother)).toEqual(["Explore: find the tests"]);
    const [below] = await tree.getChildren(mother);
    expect(await labels(below)).toEqual(["Plan: think"]);
    expect(below && tree.getParent(below)).toBe(mother);
    expect(streamOf(below)).toMatchObject({ sessionId: "b~agent-1", title: "Explore: find the tests" });
  });

  test("stand above the session's past", async () => {
    client.answers["sessionMirror/sessions/history"] = () => ({ entries: [past()] });
    await tell(session({ sessionId: "b", title: "mother", historyCount: 1 }), child);
    expect(await labels(await named("mother"))).toEqual(["Explore: find the tests", "Generation 1"]);
  });

  test("whose session is not listed stand at the top", async () => {
    await tell(child);
    expect(await labels()).toEqual(["Explore: find the tests", "Other sessions in the bucket"]);
  });

  test("that are said to begin each other are all shown", async () => {
    await tell(
      session({ sessionId: "x", parentId: "y", title: "x" }),
      session({ sessionId: "y", parentId: "x", title: "y" }),
    );
    expect((await labels()).sort()).toEqual(["Other sessions in the bucket", "x", "y"]);
  });

  test("that come redraw the list; that go on redraw themselves and the session, and move nothing", async () => {
    const mother = session({ sessionId: "b", title: "mother" });
    await tell(mother, child);
    tellChange(grandchild);
    expect(fired).toEqual(["all"]);
    await tell(mother, child);
    tellChange({ ...child, state: "live" });
    expect(fired).toEqual(["mother,Explore: find the tests"]);
  });

  test("keep their session where the newest are", async () => {
    const written = { ...child, modifiedAtMs: 50 * 60_000 };
    await tell(
      session({ sessionId: "a", title: "other", modifiedAtMs: 40 * 60_000 }),
      session({ sessionId: "b" }),
      written,
    );
    expect(await labels()).toEqual(["Fix the flaky test", "other", "Other sessions in the bucket"]);
  });

  test("are nested among the other sessions of the bucket too", async () => {
    everywhere = [session({ sessionId: "b", title: "mother" }), child];
    await tell(session({ sessionId: "a" }));
    const [mother] = await tree.getChildren((await rows()).at(-1));
    expect(mother && tree.getTreeItem(mother)).toMatchObject({ label: "mother", collapsibleState: 1 });
    expect(await labels(mother)).toEqual(["Explore: find the tests"]);
  });
});

describe("grouped by agent", () => {
  beforeEach(async () => {
    here = [
      session({ sessionId: "a", title: "one" }),
      session({ sessionId: "b", title: "two", drivenBy: "OpenClaw" }),
      session({ sessionId: "c", title: "three", harness: "codex" }),
      session({ sessionId: "d", title: "four", harness: "a-newer-agent" }),
    ];
    await feed.refresh();
    await grouping.set(true);
  });

  test("sessions stand below their agents, which go by their names", async () => {
    expect(fired.at(-1)).toBe("all");
    expect(await labels()).toEqual(["a-newer-agent", "Claude Code", "Codex", "Other sessions in the bucket"]);
    const [, claude] = await rows();
    expect(await labels(claude)).toEqual(["one", "two"]);
  });

  test("what another agent drives is not counted twice", async () => {
    const counts = (await rows()).map((node) => tree.getTreeItem(node).description);
    expect(counts).toEqual(["1", "1", "1", undefined]);
  });

  test("a row that changes is the only one that is drawn anew", async () => {
    const [, claude] = await rows();
    await tree.getChildren(claude);
    await vi.advanceTimersByTimeAsync(10_000);
    fired = [];
    tellChange(session({ sessionId: "a", title: "uno" }));
    expect(fired).toEqual(["uno"]);
  });
});

test("all that was found and not understood stands above the sessions, each with its agent's icon and what helps", async () => {
  const problem = (message: string) => ({ kind: "source" as const, message, hint: "Update it.", retryable: false });
  client.tell(
    "sessionMirror/mirror/didChangeHealth",
    health({
      findings: [
        { harness: "codex", problem: problem("A rollout of Codex 9.0 is not understood.") },
        { harness: "claude-code", problem: problem("A folder cannot be read.") },
      ],
    }),
  );
  await vi.advanceTimersByTimeAsync(250);
  expect(fired).toEqual(["all"]);
  const shown = (await rows()).slice(0, 2).map((node) => tree.getTreeItem(node));
  expect(shown).toMatchObject([
    {
      label: "A rollout of Codex 9.0 is not understood.",
      tooltip: "A rollout of Codex 9.0 is not understood.\nUpdate it.",
    },
    { label: "A folder cannot be read." },
  ]);
  expect(new Set(shown.map(({ iconPath }) => JSON.stringify(iconPath))).size).toBe(2);
});

test("of two thousand sessions, one that changes is drawn anew alone, in no time that anybody notices", async () => {
  here = Array.from({ length: 2000 }, (_, i) =>
    session({ sessionId: `s${i}`, parentId: i % 4 === 0 ? null : `s${i - (i % 4)}`, modifiedAtMs: i * 1000 }),
  );
  await feed.refresh();
  await vi.advanceTimersByTimeAsync(1000);
  expect(await rows()).toHaveLength(501);
  fired = [];
  vi.useRealTimers();
  const start = performance.now();
  tellChange(session({ sessionId: "s4", title: "renamed", modifiedAtMs: 4000 }));
  expect(fired).toEqual(["renamed"]);
  expect(performance.now() - start).toBeLessThan(2000);
});
