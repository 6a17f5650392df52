import { existsSync, readFileSync } from "node:fs";
import { expect, test } from "vitest";
import { Command, ContextKey, SETTINGS_SECTION, Setting, View } from "../../../extension/src/host/ids";
import { MIN_INTERVAL_SECONDS } from "../../../extension/src/host/settings";

const root = new URL("../../../", import.meta.url);
const text = readFileSync(new URL("package.json", root), "utf8");
const manifest = JSON.parse(text);
const strings = JSON.parse(readFileSync(new URL("package.nls.json", root), "utf8"));
const settings: Record<string, { scope: string; minimum?: number }> = manifest.contributes.configuration.properties;
const commandIds: string[] = manifest.contributes.commands.map(({ command }: { command: string }) => command);

test("the manifest contributes exactly the commands that the code knows", () => {
  expect(commandIds.sort()).toEqual(Object.values(Command).sort());
});

test("the manifest declares exactly the settings that the code reads", () => {
  const read = Object.values(Setting).map((name) => `${SETTINGS_SECTION}.${name}`);
  expect(Object.keys(settings).sort()).toEqual(read.sort());
});

test("the manifest's view is the one that the code fills", () => {
  expect(manifest.contributes.viewsContainers.activitybar).toMatchObject([{ id: View.container }]);
  expect(manifest.contributes.views[View.container]).toMatchObject([{ id: View.sessions }]);
});

test("every id of ours in a when clause or a link is one that the code knows", () => {
  const known = new Set<string>([
    ...Object.values(Command),
    ...Object.values(ContextKey),
    ...Object.keys(settings),
    View.sessions,
    `${View.sessions}.focus`,
    "sessionMirror.replay",
  ]);
  const used = `${text}${JSON.stringify(strings)}`.match(/sessionMirror\.[A-Za-z0-9.]*[A-Za-z0-9]/g) ?? [];
  expect(used.filter((id) => !known.has(id))).toEqual([]);
});

test("no workspace can set any setting, and every one is restricted while it is not trusted", () => {
  for (const [name, { scope }] of Object.entries(settings)) {
    expect(["machine", "application"], name).toContain(scope);
  }
  expect(manifest.capabilities.untrustedWorkspaces.restrictedConfigurations.sort()).toEqual(
    Object.keys(settings).sort(),
  );
});

test("the interval's lower bound is the one that the code keeps to", () => {
  expect(settings["sessionMirror.interval"]?.minimum).toBe(MIN_INTERVAL_SECONDS);
});

test("every text of the manifest is in package.nls.json, and none there is left over", () => {
  const used = [...text.matchAll(/"%([^"%]+)%"/g)].map((match) => match[1]);
  expect([...new Set(used)].sort()).toEqual(Object.keys(strings).sort());
});

test("the window runs where the agents' files are, and a replay tab wakes the extension", () => {
  expect(manifest.extensionKind).toEqual(["workspace"]);
  expect(manifest.activationEvents).toEqual(["onStartupFinished", "onWebviewPanel:sessionMirror.replay", "onUri"]);
});

test("every picture that the manifest names exists", () => {
  const pictures = text.match(/media\/[A-Za-z0-9/._-]+/g) ?? [];
  expect(pictures.length).toBeGreaterThan(4);
  expect(pictures.filter((path) => !existsSync(new URL(path, root)))).toEqual([]);
});
