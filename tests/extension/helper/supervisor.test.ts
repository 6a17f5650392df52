import "../support/requireVscode";
import { fileURLToPath } from "node:url";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import type { HelperState } from "../../../extension/src/helper/client";
import { HelperError } from "../../../extension/src/helper/client";
import { MirrorConfiguration } from "../../../extension/src/helper/configuration";
import { FactHub } from "../../../extension/src/helper/facts";
import type { Launched } from "../../../extension/src/helper/life";
import { HelperSupervisor, type Limits } from "../../../extension/src/helper/supervisor";
import { PauseHere } from "../../../extension/src/host/pause";
import { DestinationSecrets } from "../../../extension/src/host/secrets";
import { type FakeLog, fakeLog } from "../support/fakeLog";
import { fakeMemento, fakeSecrets } from "../support/storage";
import { CancellationTokenSource, editor } from "../support/vscode";
import { waitFor } from "../support/waitFor";

const SCRIPT = fileURLToPath(new URL("../support/fakeHelper.mjs", import.meta.url));
const HEALTH = "sessionMirror/mirror/health";

type Behaviour = "good" | "crash" | "deaf" | "stubborn";

interface Scene {
  readonly supervisor: HelperSupervisor;
  readonly configuration: MirrorConfiguration;
  readonly log: FakeLog;
  readonly states: HelperState[];
  readonly launches: () => number;
  readonly failedStarts: () => number;
}

let scenes: Scene[] = [];

beforeEach(() => {
  editor.reset();
  editor.set("sessionMirror.destination", "s3://bucket/project");
});

afterEach(async () => {
  await Promise.all(scenes.map((scene) => scene.supervisor.stop()));
  scenes = [];
});

/** A supervisor whose n-th life behaves as the n-th word, and every later one as the last. */
function scene(behaviours: Behaviour[], limits: Partial<Limits> = {}, refuse?: Launched): Scene {
  const log = fakeLog();
  const facts = new FactHub();
  const configuration = new MirrorConfiguration(new DestinationSecrets(fakeSecrets()), new PauseHere(fakeMemento()));
  let launches = 0;
  let failedStarts = 0;
  const supervisor = new HelperSupervisor({
    launch: async () => {
      const behaviour = behaviours[Math.min(launches, behaviours.length - 1)] ?? "good";
      launches += 1;
      if (refuse !== undefined) {
        return refuse;
      }
      const { LanguageLife } = await import("../../../extension/src/helper/languageLife");
      const executable = { command: process.execPath, args: [SCRIPT, behaviour], options: { cwd: "/", env: {} } };
      return { life: new LanguageLife(executable, facts, log) };
    },
    prepare: (life) => configuration.sendTo(life),
    onFailedStart: async () => {
      failedStarts += 1;
    },
    facts,
    log,
    limits: { backoffMs: () => 10, ...limits },
  });
  const states: HelperState[] = [];
  supervisor.onDidChangeState((state) => states.push(state));
  const made = { supervisor, configuration, log, states, launches: () => launches, failedStarts: () => failedStarts };
  scenes.push(made);
  return made;
}

async function pidOf(supervisor: HelperSupervisor): Promise<number> {
  return (await supervisor.request(HEALTH, {})).uploadedBytes;
}

function isAlive(pid: number): boolean {
  try {
    return process.kill(pid, 0);
  } catch {
    return false;
  }
}

describe("a helper that is killed", () => {
  test("comes back by itself, configured again, and its facts reach the same listener", async () => {
    const { supervisor, states } = scene(["good"]);
    const facts: number[] = [];
    supervisor.onFact("sessionMirror/mirror/didChangeHealth", (health) => facts.push(health.uploadedBytes));
    const first = await pidOf(supervisor);

    process.kill(first, "SIGKILL");
    await waitFor("it restarts", () => states.some((state) => state.phase === "restarting"));
    const health = await supervisor.request(HEALTH, {});

    expect(health.uploadedBytes).not.toBe(first);
    expect(health.destinationLabel).toBe("s3://bucket/project");
    expect(facts).toEqual([first, health.uploadedBytes]);
  });

  test("rejects the requests in flight as retryable", async () => {
    const { supervisor } = scene(["good"]);
    const pid = await pidOf(supervisor);

    const unanswered = supervisor.request("sessionMirror/replay/close", { replayId: "x" });
    const outcome = unanswered.catch((error: unknown) => error);
    process.kill(pid, "SIGKILL");

    expect(await outcome).toMatchObject({ name: "HelperError", reason: "gone", retryable: true });
  });

  test("is started again every time, however often it dies", async () => {
    const { supervisor } = scene(["good"]);
    const pids = new Set<number>();
    for (let round = 0; round < 7; round += 1) {
      const pid = await pidOf(supervisor);
      pids.add(pid);
      process.kill(pid, "SIGKILL");
      await waitFor("it is gone", () => supervisor.state.phase !== "running");
    }
    expect(pids.size).toBe(7);
    expect(editor.shown).toEqual([]);
  });

  test("is told with the attempt and how it ended", async () => {
    const { supervisor, states } = scene(["good"]);
    process.kill(await pidOf(supervisor), "SIGKILL");
    const restarting = await waitFor("it restarts", () => states.find((state) => state.phase === "restarting"));
    expect(restarting).toEqual({ phase: "restarting", attempt: 1, reason: "SIGKILL" });
  });
});

describe("a helper that does not come up", () => {
  test("is tried again until it does, without a pop-up, and what was remembered is dropped", async () => {
    const { supervisor, states, failedStarts, launches } = scene(["crash", "crash", "good"]);
    expect(await pidOf(supervisor)).toBeGreaterThan(0);
    expect(states).toContainEqual({ phase: "restarting", attempt: 2, reason: "exit code 3" });
    expect(launches()).toBe(3);
    expect(failedStarts()).toBe(2);
    expect(editor.shown).toEqual([]);
  });

  test("and never answers is ended and replaced", async () => {
    const { supervisor, launches } = scene(["deaf", "good"], { startMs: 2000 });
    expect(await pidOf(supervisor)).toBeGreaterThan(0);
    expect(launches()).toBe(2);
  });

  test("keeps a request waiting only for so long", async () => {
    const { supervisor } = scene(["deaf"], { waitMs: 50 });
    const outcome = supervisor.request(HEALTH, {}).catch((error: unknown) => error);
    expect(await outcome).toMatchObject({ reason: "unavailable", retryable: true });
  });

  test("without a Python says so, rejects requests at once, and looks again when asked to", async () => {
    const refusal = { life: undefined, reason: "noPython", message: "No Python." } as const;
    const { supervisor, launches } = scene(["good"], {}, refusal);
    supervisor.start();
    await waitFor("it fails", () => supervisor.state.phase === "failed");
    const outcome = supervisor.request(HEALTH, {}).catch((error: unknown) => error);
    expect(await outcome).toMatchObject({ reason: "unavailable", message: "No Python." });
    expect(launches()).toBe(1);

    supervisor.restart();
    await waitFor("it looks again", () => launches() === 2);
  });
});

describe("restart", () => {
  test("replaces the process, once for any number of calls", async () => {
    const { supervisor, launches } = scene(["good"]);
    const before = await pidOf(supervisor);
    for (let call = 0; call < 5; call += 1) {
      supervisor.restart();
    }
    await waitFor("the old one is gone", () => !isAlive(before));
    expect(await pidOf(supervisor)).not.toBe(before);
    expect(launches()).toBe(2);
  });
});

describe("stop", () => {
  test("leaves no process, and nothing is started any more", async () => {
    const { supervisor, launches } = scene(["good"]);
    const pid = await pidOf(supervisor);
    await supervisor.stop();
    expect(isAlive(pid)).toBe(false);
    supervisor.restart();
    const outcome = supervisor.request(HEALTH, {}).catch((error: unknown) => error);
    expect(await outcome).toMatchObject({ reason: "unavailable", retryable: false });
    expect(launches()).toBe(1);
  });

  test("ends a helper that does not answer its shutdown", async () => {
    const { supervisor } = scene(["stubborn"]);
    const pid = await pidOf(supervisor);
    await supervisor.stop();
    expect(isAlive(pid)).toBe(false);
  });

  test("is safe while starting", async () => {
    const { supervisor, log } = scene(["deaf"]);
    supervisor.start();
    const pid = await waitFor("its process runs", () => /fake: pid (\d+)/.exec(log.lines.join("\n"))?.[1]);
    await supervisor.stop();
    expect(isAlive(Number(pid))).toBe(false);
    expect(supervisor.state).toMatchObject({ phase: "failed", reason: "stopped" });
  });

  test("before any start is no start", async () => {
    const { supervisor, launches } = scene(["good"]);
    await supervisor.stop();
    expect(launches()).toBe(0);
  });
});

describe("a request", () => {
  test("starts an idle helper", async () => {
    const { supervisor, states } = scene(["good"]);
    expect(supervisor.state.phase).toBe("idle");
    await pidOf(supervisor);
    expect(states.map((state) => state.phase)).toEqual(["starting", "running"]);
  });

  test("passes progress on", async () => {
    const { supervisor } = scene(["good"]);
    const reports: unknown[] = [];
    const params = { harness: "claude-code", sessionId: "s" };
    await supervisor.request("sessionMirror/sessions/compact", params, undefined, (report) => reports.push(report));
    expect(reports).toContainEqual({ kind: "report", percentage: 40, message: "merging" });
  });

  test("cancelled while it waits is rejected as cancelled", async () => {
    const { supervisor } = scene(["deaf"]);
    const source = new CancellationTokenSource();
    const outcome = supervisor.request(HEALTH, {}, source.token).catch((error: unknown) => error);
    source.cancel();
    expect(await outcome).toMatchObject({ reason: "cancelled" });
  });
});

describe("a configuration that is refused", () => {
  test("is reported with the helper's own words, and the helper runs on", async () => {
    editor.set("sessionMirror.destination", "s3://refused/x");
    const { supervisor, configuration } = scene(["good"]);
    await pidOf(supervisor);
    const error = configuration.current?.error;
    expect(HelperError.is(error)).toBe(true);
    expect(error).toMatchObject({ reason: "refused", kind: "auth", retryable: true, hint: "Check the keys." });
    expect(supervisor.state.phase).toBe("running");
  });
});

test("no message body reaches the log, at any level", async () => {
  const { supervisor, log } = scene(["good"]);
  Object.assign(log, { logLevel: 1 });
  editor.set("sessionMirror.trace.server", "verbose");
  await pidOf(supervisor);
  expect(log.lines.join("\n")).not.toContain("s3://bucket/project");
});
