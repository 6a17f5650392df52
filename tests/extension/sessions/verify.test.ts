import { beforeEach, describe, expect, test } from "vitest";
import { HelperError } from "../../../extension/src/helper/client";
import type { VerifyResult } from "../../../extension/src/protocol/messages";
import { verifySessions } from "../../../extension/src/sessions/verify";
import { FakeClient } from "../support/fakeClient";
import { fakeLog } from "../support/fakeLog";
import { session } from "../support/samples";
import { editor } from "../support/vscode";

beforeEach(() => editor.reset());

const PROBLEM = "A part ends at byte 7, in the middle of a line.";
const fine: VerifyResult = {
  ok: true,
  problem: null,
  words: "equal to its transcript",
  partCount: 12,
  streamBytes: 3_000_000,
  lineCount: 4_213,
  compared: "equal",
};
const whole: VerifyResult = { ...fine, words: "whole", compared: null };
const wrong: VerifyResult = { ...fine, ok: false, problem: PROBLEM, words: "", compared: null };

function helper(results: Readonly<Record<string, VerifyResult>>): FakeClient {
  return new FakeClient({
    "sessionMirror/sessions/verify": ({ sessionId }, onProgress) => {
      onProgress({ percentage: 100 });
      const result = results[sessionId];
      if (result === undefined) {
        throw new HelperError("refused", "Access denied.", true, "Check the keys.", "auth");
      }
      return result;
    },
  });
}

function sessions(...ids: string[]) {
  return ids.map((sessionId) => session({ sessionId, title: `Title of ${sessionId}`, streamBytes: 1_000 }));
}

test("one session that is right is told with what it was compared with, and its size", async () => {
  await verifySessions(helper({ a: fine }), fakeLog(), sessions("a"));
  expect(editor.shown).toMatchObject([
    {
      severity: "information",
      message: "“Title of a”: equal to its transcript (12 parts, 3.0 MB, 4,213 lines).",
    },
  ]);
});

test("several are one notification with the bytes of all, and one message", async () => {
  await verifySessions(helper({ a: fine, b: whole }), fakeLog(), sessions("a", "b"));
  expect(editor.progressReports).toEqual([
    { message: "1.0 kB of 2.0 kB", increment: 50 },
    { message: "2.0 kB of 2.0 kB", increment: 50 },
  ]);
  expect(editor.shown.map(({ message }) => message)).toEqual([
    "2 sessions verified, all of them right (24 parts, 6.0 MB, 8,426 lines). Compared with their transcripts: 1.",
  ]);
});

describe("a session that is wrong", () => {
  test("is told as a warning that leads to the log, and the rest is verified nevertheless", async () => {
    const client = helper({ a: fine, b: wrong, c: fine });
    await verifySessions(client, fakeLog(), sessions("a", "b", "c"));
    expect(client.asked).toHaveLength(3);
    expect(editor.shown).toMatchObject([
      {
        severity: "warning",
        message: `Not right: 1 of 3 sessions. “Title of b”: ${PROBLEM}`,
        labels: ["Show Details"],
      },
    ]);
  });

  test("is in the log by its id and what is wrong first, without its title", async () => {
    const log = fakeLog();
    await verifySessions(helper({ a: fine, b: wrong }), log, sessions("a", "b"));
    expect(log.lines).toEqual([
      "info Verified claude-code/a: equal to its transcript",
      `warn Verified claude-code/b, and it is not right: ${PROBLEM}`,
    ]);
  });

  test("opens the log when the user asks for details", async () => {
    let opened = 0;
    const log = {
      ...fakeLog(),
      show: () => {
        opened += 1;
      },
    };
    editor.answers = [() => "Show Details"];
    await verifySessions(helper({ a: wrong }), log, sessions("a"));
    await new Promise((resolve) => setTimeout(resolve));
    expect(opened).toBe(1);
    expect(editor.shown[0]?.message).toBe(`“Title of a”: ${PROBLEM}`);
  });
});

test("a request that fails stops the rest, tells of those before, and a retry goes on there", async () => {
  const results: Record<string, VerifyResult> = { a: fine, c: fine };
  const client = helper(results);
  editor.answers = [
    () => {
      results["b"] = fine;
      return "Retry";
    },
  ];
  await verifySessions(client, fakeLog(), sessions("a", "b", "c"));
  await new Promise((resolve) => setTimeout(resolve));
  expect(client.asked.map(({ params }) => Reflect.get(Object(params), "sessionId"))).toEqual(["a", "b", "b", "c"]);
  expect(editor.shown[0]).toMatchObject({
    severity: "error",
    message: "“Title of b” was not verified. Access denied. Check the keys.",
    labels: ["Retry", "Show Log"],
  });
  expect(editor.shown[1]?.message).toContain("“Title of a”: equal");
});

test("a cancellation is no error, and what was found before is told", async () => {
  const client = new FakeClient({
    "sessionMirror/sessions/verify": ({ sessionId }) => {
      if (sessionId === "b") {
        throw new HelperError("cancelled", "Cancelled.", true);
      }
      return fine;
    },
  });
  await verifySessions(client, fakeLog(), sessions("a", "b", "c"));
  expect(client.asked).toHaveLength(2);
  expect(editor.shown.map(({ severity }) => severity)).toEqual(["information"]);
});

test("no session at all is no question to the helper", async () => {
  const client = helper({});
  await verifySessions(client, fakeLog(), []);
  expect(client.asked).toEqual([]);
});
