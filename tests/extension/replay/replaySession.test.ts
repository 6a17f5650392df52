import { beforeEach, expect, test } from "vitest";
import { HelperError } from "../../../extension/src/helper/client";
import type { ReplayOpenResult } from "../../../extension/src/protocol/messages";
import { ReplaySession } from "../../../extension/src/replay/replaySession";
import { FakeClient } from "../support/fakeClient";
import { session as summary } from "../support/samples";
import { waitFor } from "../support/waitFor";

const target = { harness: "claude-code", sessionId: "s1", title: "t", origin: "auto" } as const;
const CHANGED = "sessionMirror/replay/didChange";

function opened(replayId: string, change: Partial<ReplayOpenResult> = {}): ReplayOpenResult {
  return {
    ...{ replayId, origin: "disk", title: "Title", cwd: null, recordCount: 5, totalBytes: 50, isLive: true },
    redacted: true,
    standing: "current",
    machine: null,
    harness: "claude-code",
    parentId: null,
    problem: null,
    missingBytes: 0,
    analysedCount: 0,
    ...change,
  };
}

let client: FakeClient;
let handles: number;

beforeEach(() => {
  handles = 0;
  client = new FakeClient({
    "sessionMirror/replay/open": () => opened(`r${++handles}`),
    "sessionMirror/replay/close": () => ({}),
    "sessionMirror/replay/window": ({ start }) => ({ start, records: [], recordCount: 5 }),
  });
});

function session(): ReplaySession {
  return new ReplaySession(client, target, () => undefined);
}

function methods(): string[] {
  return client.asked.map(({ method }) => method.replace("sessionMirror/replay/", ""));
}

test("an opened session tells what the helper said of it", async () => {
  const replay = session();
  await replay.open();
  expect(replay.snapshot).toMatchObject({ phase: "open", opening: 1, edition: 1, problem: null });
  expect(replay.snapshot.info).toMatchObject({ title: "Title", recordCount: 5, isLive: true });
});

test("an older generation says so in its title, first, where a tab does not cut it", async () => {
  const replay = new ReplaySession(client, { ...target, sessionId: "s1~g2" }, () => undefined);
  await replay.open();
  expect(replay.snapshot.info?.title).toBe("Generation 2: Title");
});

test("a title that the agent gives later replaces the one the tab opened with, and others' titles don't", async () => {
  const replay = session();
  await replay.open();
  const named = (sessionId: string, title: string) =>
    client.tell("sessionMirror/sessions/didChange", { changed: [summary({ sessionId, title })], removed: [] });
  named("another", "Not this one");
  expect(replay.snapshot.info?.title).toBe("Title");
  named("s1", "A better title");
  expect(replay.snapshot.info?.title).toBe("A better title");
});

test("a hole in the mirror is handed on in words for the reader", async () => {
  const problem = { kind: "source", message: "Part 7 is missing.", hint: "Look.", retryable: false } as const;
  client.answers["sessionMirror/replay/open"] = () => opened("r1", { problem });
  const replay = session();
  await replay.open();
  expect(replay.snapshot.info?.problem).toEqual({ message: "Part 7 is missing.", hint: "Look.", retryable: false });
});

test("what is on its way, and what keeps it, is told until it is over", async () => {
  const problem = { kind: "network", message: "Out of reach.", hint: "Look.", retryable: true } as const;
  client.answers["sessionMirror/replay/open"] = () => opened("r1", { missingBytes: 40 });
  const replay = session();
  await replay.open();
  expect(replay.snapshot.info).toMatchObject({ missingBytes: 40, problem: null });
  const news = { replayId: "r1", recordCount: 9, totalBytes: 90, isLive: false, restarted: false, rearranged: false };
  client.tell(CHANGED, { ...news, missingBytes: 30, problem, analysedCount: 0 });
  expect(replay.snapshot.info).toMatchObject({ missingBytes: 30, problem: { message: "Out of reach." } });
  client.tell(CHANGED, { ...news, missingBytes: 0, problem: null, analysedCount: 0 });
  expect(replay.snapshot.info).toMatchObject({ missingBytes: 0, problem: null });
});

test("requests made before it is open wait for the one opening", async () => {
  const replay = session();
  await Promise.all([replay.open(), replay.window({ start: 0, count: 1 }), replay.window({ start: 1, count: 1 })]);
  expect(methods()).toEqual(["open", "window", "window"]);
});

test("growth is told by the snapshot", async () => {
  const replay = session();
  await replay.open();
  client.tell(CHANGED, {
    replayId: "r1",
    recordCount: 9,
    totalBytes: 90,
    missingBytes: 0,
    problem: null,
    isLive: false,
    restarted: false,
    rearranged: false,
    analysedCount: 0,
  });
  expect(replay.snapshot.info).toMatchObject({ recordCount: 9, totalBytes: 90, isLive: false });
  expect(replay.snapshot.edition).toBe(1);
});

test("content that was replaced is another edition", async () => {
  const replay = session();
  await replay.open();
  client.tell(CHANGED, {
    replayId: "r1",
    recordCount: 2,
    totalBytes: 9,
    missingBytes: 0,
    problem: null,
    isLive: true,
    restarted: true,
    rearranged: false,
    analysedCount: 0,
  });
  expect(replay.snapshot).toMatchObject({ edition: 2, info: { recordCount: 2 } });
});

test("records that stand elsewhere are read anew, and the reader's place stays", async () => {
  const replay = session();
  await replay.open();
  const { opening } = replay.snapshot;
  client.tell(CHANGED, {
    replayId: "r1",
    recordCount: 5,
    totalBytes: 90,
    missingBytes: 0,
    problem: null,
    isLive: true,
    restarted: false,
    rearranged: true,
    analysedCount: 5,
  });
  expect(replay.snapshot).toMatchObject({ opening: opening + 1, edition: 1 });
});

test("facts about other handles are none of its business", async () => {
  const replay = session();
  await replay.open();
  client.tell(CHANGED, {
    replayId: "r7",
    recordCount: 9,
    totalBytes: 90,
    missingBytes: 0,
    problem: null,
    isLive: false,
    restarted: true,
    rearranged: false,
    analysedCount: 0,
  });
  expect(replay.snapshot).toMatchObject({ edition: 1, info: { recordCount: 5 } });
});

test("a restarted helper is asked for a new handle by itself, and the content is the same edition", async () => {
  const replay = session();
  await replay.open();
  client.become({ phase: "restarting", attempt: 1, reason: "killed" });
  expect(replay.snapshot.phase).toBe("opening");
  expect(replay.snapshot.info).not.toBeNull();
  client.become({ phase: "running" });
  await waitFor("it is open again", () => replay.snapshot.phase === "open");
  expect(replay.snapshot).toMatchObject({ opening: 2, edition: 1 });
  await replay.window({ start: 0, count: 1 });
  expect(client.asked.at(-1)?.params).toMatchObject({ replayId: "r2" });
});

test("fewer records than before a restart are another edition", async () => {
  const replay = session();
  await replay.open();
  client.answers["sessionMirror/replay/open"] = () => opened("r2", { recordCount: 3 });
  client.become({ phase: "restarting", attempt: 1, reason: "killed" });
  client.become({ phase: "running" });
  await waitFor("it is open again", () => replay.snapshot.opening === 2);
  expect(replay.snapshot.edition).toBe(2);
});

test("a request that dies with the helper is answered by the next one", async () => {
  const replay = session();
  await replay.open();
  let deaths = 0;
  client.answers["sessionMirror/replay/window"] = ({ start, replayId }) => {
    if (replayId === "r1") {
      deaths += 1;
      throw new HelperError("gone", "The helper stopped.", true);
    }
    return { start, records: [], recordCount: 5 };
  };
  await expect(replay.window({ start: 3, count: 1 })).resolves.toMatchObject({ start: 3 });
  expect([deaths, handles]).toEqual([1, 2]);
});

test("a request that the helper refuses is not repeated", async () => {
  const replay = session();
  await replay.open();
  client.answers["sessionMirror/replay/window"] = () => {
    throw new HelperError("refused", "Denied.", false, "Sign in.");
  };
  await expect(replay.window({ start: 0, count: 1 })).rejects.toThrow("Denied.");
  expect(methods().filter((method) => method === "window")).toHaveLength(1);
});

test("an opening that fails says why, and the next try may work", async () => {
  client.answers["sessionMirror/replay/open"] = () => {
    throw new HelperError("refused", "Denied.", false, "Sign in.");
  };
  const replay = session();
  await replay.open();
  expect(replay.snapshot).toMatchObject({
    phase: "failed",
    problem: { message: "Denied.", hint: "Sign in.", retryable: false },
  });
  client.answers["sessionMirror/replay/open"] = () => opened("r1");
  await replay.open();
  expect(replay.snapshot).toMatchObject({ phase: "open", problem: null });
});

test("progress of opening is told", async () => {
  const seen: string[] = [];
  client.answers["sessionMirror/replay/open"] = (_params, onProgress) => {
    onProgress({ message: "12 of 40 parts" });
    return opened("r1");
  };
  const replay = new ReplaySession(client, target, ({ progress }) => seen.push(progress));
  await replay.open();
  expect(seen).toContain("12 of 40 parts");
  expect(replay.snapshot.progress).toBe("");
});

test("a helper that can't run any more is told, with what was read still there", async () => {
  const replay = session();
  await replay.open();
  client.become({ phase: "failed", reason: "noPython", message: "No Python found." });
  expect(replay.snapshot).toMatchObject({ phase: "failed", problem: { message: "No Python found.", retryable: true } });
  expect(replay.snapshot.info).not.toBeNull();
});

test("closing releases the handle, and one that comes late as well", async () => {
  const replay = session();
  await replay.open();
  replay.dispose();
  expect(client.asked.at(-1)).toEqual({ method: "sessionMirror/replay/close", params: { replayId: "r1" } });

  const late = session();
  const opening = late.open();
  late.dispose();
  await opening;
  expect(client.asked.at(-1)).toEqual({ method: "sessionMirror/replay/close", params: { replayId: "r2" } });
});
