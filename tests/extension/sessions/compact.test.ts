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
  expect(editor.progressReports).toEqual([0, 30, 0, 70].map((increment) => ({ increment })));
  expect(editor.shown.map(({ message }) => message)).toEqual(["“Fix the flaky test”: 12 parts became 1 (4.2 MB)."]);
});

test("nothing to merge is said so", async () => {
  const client = new FakeClient({ "sessionMirror/sessions/compact": () => ({ ...merged, merged: false }) });
  editor.answers = [() => "0"];
  await compactSessions(client, [session()]);
  expect(editor.shown[0]?.message).toBe("“Fix the flaky test”: nothing to merge.");
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
  editor.answers = [() => "0", () => undefined, () => "Retry"];
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
