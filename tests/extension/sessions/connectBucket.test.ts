import { beforeEach, expect, test } from "vitest";
import { MirrorConfiguration } from "../../../extension/src/helper/configuration";
import { PauseHere } from "../../../extension/src/host/pause";
import { DestinationSecrets } from "../../../extension/src/host/secrets";
import { readSettings } from "../../../extension/src/host/settings";
import type { DestinationCheckResult } from "../../../extension/src/protocol/messages";
import { connectBucket } from "../../../extension/src/sessions/connect/connectBucket";
import { FakeClient } from "../support/fakeClient";
import { fakeMemento, fakeSecrets } from "../support/storage";
import { editor, Uri } from "../support/vscode";

beforeEach(() => editor.reset());

const URL = "s3://team-bucket/app";
const ENDPOINT = "https://s3.example.com";
const works = { destinationLabel: "team-bucket/app", problem: null };
const denied: DestinationCheckResult = {
  destinationLabel: "team-bucket/app",
  problem: { kind: "auth", message: "Access denied.", hint: "Check the keys.", retryable: true },
};

/** Takes the entry of a quick pick whose label holds `words`. */
const take = (words: string) => (offered: unknown) =>
  Array.isArray(offered) ? offered.find((item) => item.label.includes(words)) : undefined;
const say = (text: string) => () => text;
const bucketWithKeys = [
  take("S3-compatible"),
  say(URL),
  say(ENDPOINT),
  say(""),
  take("Access keys"),
  say("the-id"),
  say("the-secret"),
];

function scene(...checks: DestinationCheckResult[]) {
  const client = new FakeClient({ "sessionMirror/destination/check": () => checks.shift() ?? works });
  const storage = fakeSecrets();
  const secrets = new DestinationSecrets(storage);
  const configuration = new MirrorConfiguration(secrets, new PauseHere(fakeMemento()));
  return { client, storage, secrets, connect: () => connectBucket({ client, configuration, secrets }) };
}

test("a bucket that works is switched to after the user has read what will be uploaded", async () => {
  const { connect, secrets } = scene();
  editor.answers = [...bucketWithKeys, say("Upload There")];
  await connect();
  expect(readSettings()).toMatchObject({ destinationUrl: URL, s3Endpoint: ENDPOINT, s3Profile: null });
  expect(await secrets.read(URL, ENDPOINT)).toMatchObject({ accessKeyId: "the-id", secretAccessKey: "the-secret" });
  expect(editor.shown[0]).toMatchObject({ severity: "warning", message: "Mirror sessions to team-bucket/app?" });
  expect(editor.shown[0]?.detail).toContain("recognises masked");
});

test("with redaction off, the question says that transcripts are uploaded as they are", async () => {
  editor.set("sessionMirror.redaction.enabled", false);
  const { connect } = scene();
  editor.answers = [...bucketWithKeys];
  await connect();
  expect(editor.shown[0]?.detail).toContain("redaction is switched off");
});

test("without the user's yes nothing is changed and no key is kept", async () => {
  const { connect, storage } = scene();
  editor.answers = [...bucketWithKeys, () => undefined];
  await connect();
  expect(readSettings().destinationUrl).toBe("");
  expect(storage.entries.size).toBe(0);
});

test("a bucket that does not work changes nothing, says why and what to do, and can be tried again", async () => {
  const { connect, client, storage } = scene(denied, denied);
  editor.answers = [...bucketWithKeys, say("Retry"), () => undefined];
  await connect();
  expect(client.asked).toHaveLength(2);
  expect(editor.shown[0]).toMatchObject({ labels: ["Retry", "Change…"], detail: "Access denied.\n\nCheck the keys." });
  expect(readSettings().destinationUrl).toBe("");
  expect(storage.entries.size).toBe(0);
});

test("a folder needs no question about uploads", async () => {
  const { connect } = scene({ destinationLabel: "/my mirror", problem: null });
  editor.answers = [take("$(folder)"), () => [Uri.file("/my mirror")]];
  await connect();
  expect(readSettings().destinationUrl).toBe("file:///my%20mirror");
  expect(editor.shown.map(({ severity }) => severity)).toEqual(["information"]);
});

test("going back to the default folder removes what was set for the bucket", async () => {
  editor.set("sessionMirror.destination", URL);
  editor.set("sessionMirror.s3.endpoint", ENDPOINT);
  const { connect } = scene();
  editor.answers = [take("Default folder")];
  await connect();
  expect(readSettings()).toMatchObject({ destinationUrl: "", s3Endpoint: null });
});

test("keys never reach the settings", async () => {
  const { connect } = scene();
  editor.answers = [...bucketWithKeys, say("Upload There")];
  await connect();
  expect(JSON.stringify([...editor.settings])).not.toContain("the-secret");
});
