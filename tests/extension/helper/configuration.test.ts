import { afterEach, beforeEach, describe, expect, test, vi } from "vitest";
import type { Disposable } from "vscode";
import { MirrorConfiguration } from "../../../extension/src/helper/configuration";
import { PauseHere } from "../../../extension/src/host/pause";
import { DestinationSecrets } from "../../../extension/src/host/secrets";
import { writeSetting } from "../../../extension/src/host/settings";
import { FakeClient } from "../support/fakeClient";
import { fakeLog } from "../support/fakeLog";
import { fakeMemento, fakeSecrets } from "../support/storage";
import { editor, Uri } from "../support/vscode";

let client: FakeClient;
let pause: PauseHere;
let secrets: DestinationSecrets;
let configuration: MirrorConfiguration;
let keeping: Disposable;

beforeEach(() => {
  vi.useFakeTimers();
  editor.reset();
  client = new FakeClient({
    "sessionMirror/mirror/configure": ({ destination }) => ({
      destinationUrl: destination.url ?? "",
      destinationLabel: "label",
      isDefault: destination.url === "",
      isLocal: true,
    }),
  });
  pause = new PauseHere(fakeMemento());
  secrets = new DestinationSecrets(fakeSecrets());
  configuration = new MirrorConfiguration(secrets, pause);
  keeping = configuration.keepCurrent(client, fakeLog());
});

afterEach(() => {
  keeping.dispose();
  vi.useRealTimers();
});

const sent = () => client.asked.map(({ params }) => params);
const settle = () => vi.advanceTimersByTimeAsync(1000);

describe("the helper is told anew when", () => {
  test("folders come or go, and virtual ones are left out", async () => {
    editor.setFolders("/a", new Uri("vscode-vfs", "/virtual"), "/b");
    await settle();
    expect(sent()).toMatchObject([{ folders: ["/a", "/b"], enabled: true }]);
  });

  test("mirroring is paused and resumed, at once", async () => {
    await pause.set(true);
    await pause.set(false);
    await vi.advanceTimersByTimeAsync(0);
    expect(sent()).toMatchObject([{ enabled: true }, { enabled: true }]);
  });

  test("the start is switched off, unless the user resumed here", async () => {
    editor.set("sessionMirror.autoStart", false);
    await settle();
    expect(sent().at(-1)).toMatchObject({ enabled: false });
    await pause.set(false);
    await settle();
    expect(sent().at(-1)).toMatchObject({ enabled: true });
  });

  test("compaction is switched off", async () => {
    editor.set("sessionMirror.autoCompact", false);
    await settle();
    expect(sent().at(-1)).toMatchObject({ autoCompact: false });
  });

  test("keys of the destination change, and it gets them", async () => {
    editor.set("sessionMirror.destination", "s3://abc/p");
    const keys = { accessKeyId: "id", secretAccessKey: "secret", sessionToken: null };
    await secrets.write("s3://abc/p", null, keys);
    await settle();
    expect(sent().at(-1)).toMatchObject({ destination: { url: "s3://abc/p", credentials: keys } });
  });
});

test("changes that belong together reach the helper as one, and never half made", async () => {
  await configuration.together(async () => {
    await writeSetting("s3.endpoint", "https://s3.example.com");
    await settle();
    expect(sent()).toEqual([]);
    await writeSetting("destination", "s3://abc/p");
  });
  await settle();
  expect(sent()).toMatchObject([{ destination: { url: "s3://abc/p", endpointUrl: "https://s3.example.com" } }]);
});

test("a helper that is not running is left alone: its next life is told anyway", async () => {
  client.become({ phase: "restarting", attempt: 1, reason: "x" });
  editor.set("sessionMirror.interval", 9);
  await settle();
  expect(sent()).toEqual([]);
});

test("what the helper made of it is known", async () => {
  await configuration.sendTo(client);
  expect(configuration.current?.result).toMatchObject({ destinationLabel: "label", isDefault: true });
});
