import { expect, test } from "vitest";
import {
  isHostMessage,
  isOpenableUrl,
  isPageMessage,
  isReplayTarget,
  resultGuards,
} from "../../../extension/src/shared/guards";
import type { Snapshot } from "../../../extension/src/shared/messages";
import { isPageState } from "../../../extension/src/shared/pageState";
import { record } from "../page/records";

const target = { harness: "claude-code", sessionId: "s", title: "t", origin: "auto" } as const;
const snapshot: Snapshot = {
  target,
  phase: "open",
  opening: 1,
  edition: 1,
  info: {
    ...{
      title: "t",
      origin: "disk",
      cwd: null,
      recordCount: 3,
      analysedCount: 3,
      totalBytes: 10,
      missingBytes: 0,
      isLive: false,
      redacted: true,
    },
    ...{ standing: "current", machine: null, harness: "claude-code", parentId: null },
    problem: null,
  },
  problem: null,
  progress: "",
};

/** Every way to break one field of an object, however deep. */
function* broken(value: unknown): Generator<unknown> {
  if (Array.isArray(value)) {
    for (const [index, item] of value.entries()) {
      for (const bad of broken(item)) {
        yield value.with(index, bad);
      }
    }
  } else if (typeof value === "object" && value !== null) {
    for (const [name, item] of Object.entries(value)) {
      yield { ...value, [name]: undefined };
      for (const bad of broken(item)) {
        yield { ...value, [name]: bad };
      }
    }
  }
  yield typeof value === "string" || value === null ? 7 : "wrong";
}

const pageMessages = [
  { type: "ready", clientId: "c" },
  { type: "retry", clientId: "c" },
  { type: "request", clientId: "c", id: 1, method: "window", params: { start: 0, count: 64 } },
  { type: "request", clientId: "c", id: 1, method: "text", params: { index: 0, field: 0, offset: 0 } },
  { type: "request", clientId: "c", id: 1, method: "raw", params: { index: 0, offset: 0 } },
  { type: "request", clientId: "c", id: 1, method: "attachment", params: { name: "b1.txt", offset: 0 } },
  { type: "request", clientId: "c", id: 1, method: "turns", params: { start: 256 } },
  { type: "request", clientId: "c", id: 1, method: "files", params: { start: 0 } },
  { type: "request", clientId: "c", id: 1, method: "timeline", params: { buckets: 200 } },
  { type: "request", clientId: "c", id: 1, method: "seek", params: { atMs: 4000, pages: [0, 7] } },
];

test.each(pageMessages)("the host understands $type $method and nothing that is like it", (message) => {
  expect(isPageMessage(message)).toBe(true);
  for (const bad of broken(message)) {
    expect(isPageMessage(bad), JSON.stringify(bad)).toBe(false);
  }
});

test("no window may be asked for that is empty, endless or begins before the session", () => {
  const ask = (start: number, count: number) =>
    isPageMessage({ type: "request", clientId: "c", id: 1, method: "window", params: { start, count } });
  expect([ask(0, 0), ask(0, 1e9), ask(-1, 5), ask(0.5, 5), ask(Number.NaN, 5), ask(0, 1024)]).toEqual([
    ...[false, false, false, false, false],
    true,
  ]);
});

test("only plain paths are opened as files: no address, no other machine's, nothing with a line's end", () => {
  const asked = (path: unknown, line: unknown = 1) =>
    isPageMessage({ type: "request", clientId: "a", id: 1, method: "openFound", params: { path, line } });
  for (const path of [
    "a.py",
    "/home/ada/a b.py",
    "../a.py",
    "C:\\a.py",
    "c:a",
    "a:b.py",
    "src/(x)/[id].tsx",
    "e\u0301",
  ]) {
    expect(asked(path), path).toBe(true);
  }
  for (const path of [
    ...["", " ", "file:///etc/passwd", "vscode://a/b", "command:a", "https://a.example/b.py", "VSCODE-remote://x/y"],
    ...[
      "//host/a.py",
      "\\\\host\\a.py",
      "\\/host/a",
      "/\\host/a",
      "a\nb",
      "a\0b",
      "a\u2028b",
      "x".repeat(5000),
      7,
      null,
    ],
  ]) {
    expect(asked(path), String(path)).toBe(false);
  }
  expect([asked("a.py", null), asked("a.py", -1), asked("a.py", "1"), asked("a.py", 1.5)]).toEqual([
    ...[true, false, false, false],
  ]);
});

test("only plain https addresses may leave the page", () => {
  for (const url of ["https://example.com", "https://example.com/a?b#c"]) {
    expect(isOpenableUrl(url), url).toBe(true);
  }
  for (const url of [
    ...["http://example.com", "javascript:alert(1)", "command:x", "vscode://x", "file:///etc/passwd", "//example.com"],
    ...["https://user@example.com", "https://u:p@example.com", "https://", "", `https://e.com/${"x".repeat(5000)}`, 7],
  ]) {
    expect(isOpenableUrl(url), String(url)).toBe(false);
  }
});

test("the page understands a snapshot, and none with a field amiss", () => {
  const message = { type: "snapshot", clientId: "c", snapshot };
  expect(isHostMessage(message)).toBe(true);
  for (const bad of broken(snapshot)) {
    expect(isHostMessage({ ...message, snapshot: bad }), JSON.stringify(bad)).toBe(false);
  }
});

test("the page understands answers, good and bad", () => {
  const answer = { type: "response", clientId: "c", id: 1 };
  expect(isHostMessage({ ...answer, ok: true, result: {} })).toBe(true);
  expect(isHostMessage({ ...answer, ok: false, problem: { message: "m", hint: "", retryable: true } })).toBe(true);
  expect(isHostMessage({ ...answer, ok: true })).toBe(false);
  expect(isHostMessage({ ...answer, ok: false })).toBe(false);
  expect(isHostMessage({ ...answer, ok: "yes", result: {} })).toBe(false);
});

test("figures are taken only as the protocol describes them", () => {
  const tokens = { input: 1, output: 1, cacheRead: 1, cacheWrite: 1, reasoning: 1, total: 4 };
  const statistics = {
    ...{ lines: 1, bookkeeping: 0, firstAtMs: 7, lastAtMs: 8, tokens },
    ...{ events: [], tools: [{ name: "Bash", count: 1 }], models: [{ model: "", tokens }] },
  };
  const told = { isComplete: true, images: 3, imageBytes: 3000 };
  expect(resultGuards.statistics({ ...told, statistics })).toBe(true);
  for (const bad of broken(statistics)) {
    expect(resultGuards.statistics({ ...told, statistics: bad }), JSON.stringify(bad)).toBe(false);
  }
});

test("turns and files are taken only as the protocol describes them", () => {
  const tokens = { input: 1, output: 1, cacheRead: 1, cacheWrite: 1, reasoning: 1, total: 4 };
  const turn = { line: 3, prompt: "Go", beganAtMs: 7, endedAtMs: 8, tokens, toolCalls: 2, errors: 0 };
  const times = { firstIndex: 1, lastIndex: 2, firstAtMs: 6, lastAtMs: 7 };
  const file = { path: "/home/ada/app/a.py", ...times, reads: 1, writes: 0 };
  expect(resultGuards.turns({ turns: [turn], turnCount: 9, isComplete: true })).toBe(true);
  expect(resultGuards.files({ files: [file], fileCount: 9, isComplete: true })).toBe(true);
  for (const bad of broken(turn)) {
    expect(resultGuards.turns({ turns: [bad], turnCount: 9, isComplete: true }), JSON.stringify(bad)).toBe(false);
  }
  for (const bad of broken(file)) {
    expect(resultGuards.files({ files: [bad], fileCount: 9, isComplete: true }), JSON.stringify(bad)).toBe(false);
  }
});

test("a time axis is taken only as the protocol describes it, and never in more stretches than fit a screen", () => {
  const timeline = {
    ...{ durationMs: 9, realMs: 90, isComplete: true, recordCount: 3 },
    buckets: [{ index: 0, kind: null, records: 0, errors: 0, compactions: 0 }],
    marks: [{ index: 0, atMs: 0, kind: "prompt" }],
    pauses: [{ index: 1, atMs: 9, pauseMs: 80 }],
  };
  expect(resultGuards.timeline(timeline)).toBe(true);
  for (const bad of broken(timeline)) {
    expect(resultGuards.timeline(bad), JSON.stringify(bad)).toBe(false);
  }
  const ask = (buckets: number) =>
    isPageMessage({ type: "request", clientId: "c", id: 1, method: "timeline", params: { buckets } });
  expect([ask(0), ask(1000), ask(1001)]).toEqual([false, true, false]);
});

test("records are taken only as the protocol describes them", () => {
  const result = { start: 0, records: [record(0)], recordCount: 1 };
  expect(resultGuards.window(result)).toBe(true);
  expect(resultGuards.window({ ...result, records: [{ ...record(0), events: [{ kind: "script" }] }] })).toBe(false);
  expect(resultGuards.window({ ...result, records: [{ ...record(0), timeMs: Number.NaN }] })).toBe(false);
});

test("a target needs all its parts and a known origin", () => {
  expect(isReplayTarget(target)).toBe(true);
  expect(isReplayTarget({ ...target, origin: "elsewhere" })).toBe(false);
  expect(isReplayTarget([])).toBe(false);
});

test("state kept by another version is none", () => {
  const state = { version: 1, target, position: { index: 0, offset: -3.5, atEnd: false }, open: ["1:0"] };
  expect(isPageState(state)).toBe(true);
  expect(isPageState({ ...state, version: 2 })).toBe(false);
  expect(isPageState({ ...state, open: [7] })).toBe(false);
  expect(isPageState(undefined)).toBe(false);
});

test("state of before there was playback is understood, and playback only whole", () => {
  const state = { version: 1, target, position: { index: 0, offset: 0, atEnd: false }, open: [] };
  const playback = { index: 3, elapsedMs: 20.5, speed: 2, timing: "even" };
  expect(isPageState(state)).toBe(true);
  expect(isPageState({ ...state, playback })).toBe(true);
  for (const bad of broken(playback)) {
    expect(isPageState({ ...state, playback: bad }), JSON.stringify(bad)).toBe(false);
  }
});
