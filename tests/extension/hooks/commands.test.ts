import { beforeEach, expect, test } from "vitest";
import { HelperError } from "../../../extension/src/helper/client";
import { failureOf, runTool, type Tool } from "../../../extension/src/helper/tool";
import { destinationArguments, installHooks, removeHooks, stateWords } from "../../../extension/src/hooks/commands";
import { parseStatus } from "../../../extension/src/hooks/status";
import { DestinationSecrets } from "../../../extension/src/host/secrets";
import { readSettings } from "../../../extension/src/host/settings";
import { fakeSecrets } from "../support/storage";
import { editor } from "../support/vscode";

beforeEach(() => editor.reset());

const claude = {
  agent: "claude-code",
  label: "Claude Code",
  file: "/home/ada/.claude/settings.json",
  has_home: true,
  state: "notInstalled",
  obstacle: "",
  problem: "",
};
const codex = { ...claude, agent: "codex", label: "Codex", file: "/home/ada/.codex/hooks.json", state: "installed" };
const all = (offered: unknown) => offered;
const none = () => undefined;
const say = (text: string) => () => text;

function scene(...agents: object[]) {
  const ran: string[][] = [];
  const tool: Tool = async (...args) => {
    ran.push([...args]);
    return args.includes("status")
      ? JSON.stringify({ agents })
      : "codex: installed in FILE\nMirrored to X.\nReview it.\n";
  };
  const secrets = new DestinationSecrets(fakeSecrets());
  return { deps: { tool, secrets }, ran, secrets };
}

test("hooks are installed for the agents that were picked, with the settings' destination and homes", async () => {
  editor.set("sessionMirror.codex.homes", ["~/work.codex"]);
  const { deps, ran } = scene(claude, codex);
  editor.answers = [all];
  await installHooks(deps);
  const install = (agent: string) => ["hooks", "install", "--agent", agent, "--destination="];
  expect(ran.slice(1)).toEqual([
    install("claude-code"),
    install("codex"),
    [...install("codex"), "--home", "~/work.codex"],
  ]);
  expect(editor.shown).toMatchObject([{ message: "The hooks are installed. Mirrored to X. Review it." }]);
});

test("the pick says how it stands with each agent", async () => {
  const { deps, ran } = scene(
    claude,
    { ...codex, obstacle: "waiting for your review" },
    { ...claude, has_home: false },
  );
  let offered: unknown;
  editor.answers = [
    (items) => {
      offered = items;
      return undefined;
    },
  ];
  await installHooks(deps);
  expect(offered).toMatchObject([
    { label: "Claude Code", description: "not installed", detail: claude.file, picked: true },
    { label: "Codex", description: "installed, waiting for your review", picked: true },
    { description: "not installed; this agent was not found", picked: false },
  ]);
  expect(ran).toHaveLength(1);
});

test("before anything is uploaded elsewhere the user reads what, and that the editor's keys are not used", async () => {
  editor.set("sessionMirror.destination", "s3://team/app");
  editor.set("sessionMirror.redaction.enabled", false);
  const { deps, ran, secrets } = scene(claude);
  await secrets.write("s3://team/app", null, { accessKeyId: "id", secretAccessKey: "no", sessionToken: null });
  editor.answers = [all, none];
  await installHooks(deps);
  expect(editor.shown[0]?.detail).toMatch(/as they are.*AWS configuration/s);
  expect(ran).toHaveLength(1);
  editor.answers = [all, say("Install")];
  await installHooks(deps);
  expect(ran.at(-1)).toEqual([
    "hooks",
    "install",
    "--agent",
    "claude-code",
    "--destination=s3://team/app",
    "--no-redact",
  ]);
  expect(ran.flat().join(" ")).not.toContain("secret");
});

test("hooks are removed from the agents that have them", async () => {
  const { deps, ran } = scene(claude, codex);
  editor.answers = [
    (offered) => {
      expect(offered).toMatchObject([{ label: "Codex" }]);
      return offered;
    },
  ];
  await removeHooks(deps);
  expect(ran.at(-1)).toEqual(["hooks", "remove", "--agent", "codex"]);
  expect(editor.shown).toMatchObject([{ message: "The hooks are removed." }]);
});

test("where no agent has hooks, nothing is asked", async () => {
  const { deps, ran } = scene(claude);
  await removeHooks(deps);
  expect(ran).toHaveLength(1);
  expect(editor.shown).toMatchObject([{ severity: "information" }]);
});

test("a server's address, region and profile are passed on", () => {
  editor.set("sessionMirror.destination", "s3://b/p");
  editor.set("sessionMirror.s3.endpoint", "https://s3.example.com");
  editor.set("sessionMirror.s3.region", "eu-1");
  editor.set("sessionMirror.s3.profile", "work");
  expect(destinationArguments(readSettings())).toEqual([
    "--destination=s3://b/p",
    "--endpoint=https://s3.example.com",
    "--region=eu-1",
    "--profile=work",
  ]);
});

test("an unusable file is shown with its problem, and an answer of another shape is an error", () => {
  const [one] = parseStatus(JSON.stringify({ agents: [{ ...claude, state: "unusable", problem: "It is torn." }] }));
  expect(one && stateWords(one)).toBe("It is torn.");
  expect(parseStatus("{}")).toEqual([]);
  expect(() => parseStatus('{"agents": [{"state": "odd"}]}')).toThrow(HelperError);
});

test("a command's failure is told in its own words", async () => {
  const failure = failureOf(new Error("Command failed\nlong"), "Error: FILE is torn.\nMend it.\n");
  expect(failure).toMatchObject({ reason: "refused", message: "FILE is torn.", hint: "Mend it." });
  expect(failureOf(new Error("spawn ENOENT\nx"), "")).toMatchObject({ reason: "gone", message: "spawn ENOENT" });
  await expect(runTool({ command: process.execPath, args: ["-e", "console.log(1)"] })).resolves.toBe("1\n");
  await expect(runTool({ command: "/nonexistent" })).rejects.toBeInstanceOf(HelperError);
});
