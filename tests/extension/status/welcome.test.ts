import { beforeEach, expect, test } from "vitest";
import { MirrorConfiguration } from "../../../extension/src/helper/configuration";
import { Command } from "../../../extension/src/host/ids";
import { PauseHere } from "../../../extension/src/host/pause";
import { DestinationSecrets } from "../../../extension/src/host/secrets";
import { welcomeOnce } from "../../../extension/src/status/welcome";
import { FakeClient } from "../support/fakeClient";
import { fakeMemento, fakeSecrets } from "../support/storage";
import { editor } from "../support/vscode";
import { waitFor } from "../support/waitFor";

beforeEach(() => {
  editor.reset();
  editor.setFolders("/home/ada/app");
});

function scene(isLocal = true) {
  const client = new FakeClient({
    "sessionMirror/mirror/configure": () => ({
      destinationUrl: "",
      destinationLabel: "/home/u/mirror",
      isDefault: true,
      isLocal,
    }),
  });
  const pause = new PauseHere(fakeMemento());
  const configuration = new MirrorConfiguration(new DestinationSecrets(fakeSecrets()), pause);
  welcomeOnce(fakeMemento(), configuration, pause);
  return { pause, configure: () => configuration.sendTo(client) };
}

test("the first start tells what is kept and where, once, and how to change it", async () => {
  const { configure } = scene();
  await configure();
  await waitFor("it is shown", () => editor.shown.length > 0);
  await configure();
  expect(editor.shown).toMatchObject([
    {
      severity: "information",
      message:
        "Session Mirror keeps your agents' sessions, with recognised secrets masked, in /home/u/mirror. Nothing leaves this machine until you connect a bucket.",
      labels: ["Connect a Bucket…", "Pause Here"],
    },
  ]);
});

test("its buttons do what they say", async () => {
  editor.answers = [() => "Pause Here"];
  await scene().configure();
  await waitFor("the command runs", () => editor.executed.some(([command]) => command === Command.pauseHere));
});

test("a remote destination is not said to stay on this machine", async () => {
  await scene(false).configure();
  await waitFor("it is shown", () => editor.shown.length > 0);
  expect(editor.shown[0]?.message).not.toContain("Nothing leaves");
});

test("nothing is said while nothing is mirrored", async () => {
  const { configure, pause } = scene();
  editor.setFolders();
  await configure();
  editor.setFolders("/home/ada/app");
  await pause.set(true);
  await configure();
  expect(editor.shown).toEqual([]);
});
