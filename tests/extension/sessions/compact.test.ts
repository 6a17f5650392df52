import { beforeEach, expect, test } from "vitest";
import { HelperError } from "../../../extension/src/helper/client";
import { compactSessions, keepTailError } from "../../../extension/src/sessions/compact";
import { FakeClient } from "../support/fakeClient";
import { session } from "../support/samples";
import { editor } from "../support/vscode";

beforeEach(() => editor.reset());

const merged = { merged: true, partsBefore: 12, partsAfter: 1, streamBytes: 4_200_000 };

test("asks how many parts stay, shows the progress and tells before and after", async () => {
  const client = new FakeClient({
    "sessionMirror/sessions/compact": (_params, onProgress) => {
      for (const percentage of [0, 30, 20, 100]) {
        onProgress({ percentage });
      }
      return merged;
    },
  });
  editor.answers = [() => "2"];
  await compactSessions(client, [session({ sessionId: "s" })]);
  const params = { harness: "claude-code", sessionId: "s", keepTail: 2 };
  expect(client.asked).toEqual([{ method: "sessionMirror/sessions/compact", params }]);
  expect(editor.progressReports).toEqual([
    { message: "0 B of 12 kB", increment: 0 },
    { message: "3.6 kB of 12 kB", increment: 30 },
    { message: "2.4 kB of 12 kB", increment: 0 },
    { message: "12 kB of 12 kB", increment: 70 },
  ]);
  expect(editor.shown.map(({ message }) => message)).toEqual(["“Fix the flaky test”: 12 parts became 1 (4.2 MB)."]);
});

test("nothing to merge is said so", async () => {
  const client = new FakeClient({ "sessionMirror/sessions/compact": () => ({ ...merged, merged: false }) });
  editor.answers = [() => "0"];
  await compactSessions(client, [session()]);
  expect(editor.shown[0]?.message).toBe("“Fix the flaky test”: nothing to merge.");
});

test("of several sessions the bar counts all their bytes, and before and after are summed up", async () => {
  const client = new FakeClient({
    "sessionMirror/sessions/compact": ({ sessionId }, onProgress) => {
      onProgress({ percentage: 100 });
      return sessionId === "small" ? { ...merged, merged: false } : merged;
    },
  });
  editor.answers = [() => "0"];
  await compactSessions(client, [
    session({ sessionId: "a", streamBytes: 6_000 }),
    session({ sessionId: "small", streamBytes: 1_000 }),
    session({ sessionId: "b", streamBytes: 3_000 }),
  ]);
  expect(editor.progressReports.map((report) => Reflect.get(Object(report), "increment"))).toEqual([60, 10, 30]);
  expect(editor.shown.map(({ message }) => message)).toEqual(["2 of 3 sessions: 24 parts became 2 (8.4 MB)."]);
});

test("a cancellation keeps what was merged, and says so", async () => {
  const client = new FakeClient({
    "sessionMirror/sessions/compact": ({ sessionId }) => {
      if (sessionId === "b") {
        throw new HelperError("cancelled", "Cancelled.", true);
      }
      return merged;
    },
  });
  editor.answers = [() => "0"];
  await compactSessions(
    client,
    ["a", "b", "c"].map((sessionId) => session({ sessionId })),
  );
  expect(client.asked).toHaveLength(2);
  expect(editor.shown.map(({ message }) => message)).toEqual(["1 of 3 sessions: 12 parts became 1 (4.2 MB)."]);
});

test("turning away from the question does nothing", async () => {
  const client = new FakeClient();
  await compactSessions(client, [session()]);
  expect(client.asked).toEqual([]);
});

test("a failure stops the rest, says what to do, and a retry goes on where it stopped", async () => {
  let failing = true;
  const client = new FakeClient({
    "sessionMirror/sessions/compact": ({ sessionId }) => {
      if (sessionId === "two" && failing) {
        failing = false;
        throw new HelperError("refused", "Access denied.", true, "Check the keys.", "auth");
      }
      return merged;
    },
  });
  editor.answers = [() => "0", () => "Retry"];
  await compactSessions(
    client,
    ["one", "two", "three"].map((sessionId) => session({ sessionId })),
  );
  await new Promise((resolve) => setTimeout(resolve));
  expect(client.asked.map(({ params }) => Reflect.get(Object(params), "sessionId"))).toEqual([
    "one",
    "two",
    "two",
    "three",
  ]);
  const failure = editor.shown.find(({ severity }) => severity === "error");
  expect(failure).toMatchObject({
    message: "“Fix the flaky test” was not compacted. Access denied. Check the keys.",
    labels: ["Retry", "Show Log"],
  });
});

test("a cancelled compaction is no error", async () => {
  const client = new FakeClient({
    "sessionMirror/sessions/compact": () => {
      throw new HelperError("cancelled", "Cancelled.", true);
    },
  });
  editor.answers = [() => "0"];
  await compactSessions(client, [session()]);
  expect(editor.shown).toEqual([]);
});

test.each(["", "-1", "1.5", "x", "1e3", "999999"])("%j is not accepted as a number of parts", (text) => {
  expect(keepTailError(text)).toBeDefined();
});

test.each(["0", " 7 ", "99999"])("%j is accepted as a number of parts", (text) => {
  expect(keepTailError(text)).toBeUndefined();
});
