import { describe, expect, test } from "vitest";
import type { HelperState } from "../../../extension/src/helper/client";
import { Command } from "../../../extension/src/host/ids";
import type { ErrorKind, Health } from "../../../extension/src/protocol/messages";
import { type Situation, statusOf } from "../../../extension/src/status/present";
import { health } from "../support/samples";

function status(changes: Partial<Situation> = {}) {
  return statusOf({
    helper: { phase: "running" },
    health: health(),
    refusal: undefined,
    paused: false,
    hasFolders: true,
    machine: undefined,
    nowMs: 1_000_000 + 3 * 60_000,
    ...changes,
  });
}
const withHealth = (changes: Partial<Health>) => status({ health: health(changes) });

describe("without a healthy helper", () => {
  test.each<[HelperState, string, string]>([
    [{ phase: "starting" }, "Mirror starting", "none"],
    [{ phase: "restarting", attempt: 2, reason: "SIGKILL" }, "Mirror restarting", "warning"],
    [{ phase: "failed", reason: "noPython", message: "No Python." }, "Mirror not running", "error"],
  ])("%j says so, whatever was known before", (helper, text, severity) => {
    expect(status({ helper })).toMatchObject({ text, severity });
  });

  test("an attempt to restart is told with its number and cause", () => {
    const { lines } = status({ helper: { phase: "restarting", attempt: 2, reason: "exit code 3" } });
    expect(lines).toEqual(["Attempt 2, because of: exit code 3"]);
  });

  test("a missing Python leads to choosing one", () => {
    const helper = { phase: "failed", reason: "noPython", message: "No Python." } as const;
    expect(status({ helper })).toMatchObject({ headline: "No Python.", actions: [Command.chooseInterpreter, ...ANY] });
  });

  test("a running helper that has said nothing yet is still starting", () => {
    expect(status({ health: undefined }).text).toBe("Mirror starting");
  });
});
const ANY = [Command.restartHelper, Command.openSettings, Command.showLog];

describe("watching", () => {
  test("counts the live sessions", () => {
    expect(withHealth({ liveCount: 2 })).toMatchObject({ icon: "eye", text: "2 live", severity: "none" });
  });

  test("counts the known ones when none is live", () => {
    expect(withHealth({ liveCount: 0, sessionCount: 1 }).text).toBe("1 session");
    expect(withHealth({ liveCount: 0, sessionCount: 7 }).text).toBe("7 sessions");
  });

  test("says that there is none", () => {
    expect(withHealth({ liveCount: 0, sessionCount: 0 })).toMatchObject({
      text: "No sessions",
      headline: "No agent session in this workspace yet; one that begins is mirrored by itself.",
    });
  });

  test("tells where, when last, and how changes are found", () => {
    const { lines } = withHealth({ watching: "polling", redactionCount: 4 });
    expect(lines).toContain("Destination: /home/u/.local/state/session-mirror");
    expect(lines).toContain("Last write: 3 min ago (5.0 kB since the start)");
    expect(lines).toContain("Secrets masked: 4");
    expect(lines.some((line) => line.includes("polling"))).toBe(true);
  });

  test("says what would bring events back", () => {
    const hint = "Raise the sysctl fs.inotify.max_user_watches.";
    expect(withHealth({ watching: "polling", watchingHint: hint }).lines).toContain(
      `Changes are found by polling. ${hint}`,
    );
  });

  test("does not claim a write that never was", () => {
    expect(withHealth({ lastFlushAtMs: null }).lines).toContain("Nothing written since the start.");
  });
});

test("mirroring tells how much is behind, and since when", () => {
  const shown = withHealth({ phase: "mirroring", behindCount: 1, lagBytes: 120_000, lagMs: 2_300, liveCount: 1 });
  expect(shown).toMatchObject({ icon: "cloud-upload", text: "1 live · 120 kB behind", severity: "none" });
  expect(shown.lines).toContain("Behind: 1 (120 kB, oldest 2.3 s)");
});

test("a backlog tells how much of it is done", () => {
  const shown = withHealth({ phase: "mirroring", behindCount: 9, lagBytes: 750e6, caughtUpBytes: 250e6, liveCount: 0 });
  expect(shown.text).toBe("25% · 750 MB behind");
  expect(shown.actions).toContain(Command.pauseHere);
});

test("lag is never hidden behind a calm phase", () => {
  expect(withHealth({ phase: "watching", behindCount: 1, lagBytes: 5 }).text).toContain("behind");
});

describe("a problem", () => {
  test.each<[ErrorKind, string]>([
    ["auth", "Mirror: access denied"],
    ["network", "Mirror: offline"],
    ["throttled", "Mirror: throttled"],
    ["notFound", "Mirror: destination missing"],
    ["conflict", "Mirror: conflict"],
    ["disk", "Mirror: disk problem"],
    ["source", "Mirror: unreadable transcript"],
    ["bug", "Mirror: problem"],
  ])("of kind %s is named", (kind, text) => {
    const problem = { kind, message: "What happened.", hint: "What to do.", retryable: true };
    const shown = withHealth({ phase: "mirroring", problem });
    expect(shown).toMatchObject({ text, severity: "error", headline: "What happened." });
    expect(shown.lines[0]).toBe("What to do.");
  });

  test("of single sessions is counted", () => {
    expect(withHealth({ phase: "error", errorCount: 2 })).toMatchObject({
      text: "Mirror: 2 sessions have a problem",
      severity: "error",
    });
  });

  test("with the configuration is never covered by older good health", () => {
    const shown = status({ refusal: { message: "The URL names no bucket.", hint: "Write s3://bucket/project." } });
    expect(shown).toMatchObject({
      text: "Mirror: not mirroring",
      severity: "error",
      headline: "The URL names no bucket.",
    });
  });
});

describe("another window", () => {
  test("that mirrors all live sessions is named", () => {
    expect(withHealth({ liveCount: 1, elsewhereCount: 1 }).text).toBe("In another window");
  });

  test("that mirrors some of them is a detail", () => {
    const shown = withHealth({ liveCount: 3, elsewhereCount: 1 });
    expect(shown.text).toBe("3 live");
    expect(shown.lines).toContain("Mirrored by another window: 1");
  });
});

test("paused says that new lines are not kept, and offers to resume, also before any start", () => {
  for (const helper of [{ phase: "running" }, { phase: "idle" }] as const) {
    const shown = status({ paused: true, helper });
    expect(shown).toMatchObject({ icon: "debug-pause", text: "Mirror paused" });
    expect(shown.headline).toContain("not kept");
    expect(shown.actions[0]).toBe(Command.resumeHere);
  }
});

test("a window without a folder has nothing to mirror", () => {
  expect(status({ hasFolders: false }).text).toBe("No folder");
});

test("a window on another machine tells whose sessions these are", () => {
  expect(status({ machine: "devbox" }).lines).toContain("Sessions of: devbox");
});

test("no state shows a tick", () => {
  const phases = ["starting", "watching", "mirroring", "paused", "error"] as const;
  for (const phase of phases) {
    expect(withHealth({ phase }).icon).not.toMatch(/check|pass/);
  }
});

test("text from the helper cannot bring in icons", () => {
  const shown = withHealth({ destinationLabel: "$(pass) all fine" });
  expect(shown.lines.join()).not.toContain("$(pass)");
});

test("all that looking for sessions came upon is told, also while a store's problem is more urgent", () => {
  const problem = (message: string) => ({ kind: "source" as const, message, hint: "Update it.", retryable: false });
  const findings = ["codex", "hermes"].map((harness) => ({ harness, problem: problem(`${harness} is too new.`) }));
  const offline = { kind: "network" as const, message: "No answer.", hint: "", retryable: true };
  const shown = withHealth({ phase: "error", problem: offline, findings });
  expect(shown).toMatchObject({ headline: "No answer.", severity: "error" });
  expect(shown.lines).toEqual(
    expect.arrayContaining(["codex is too new. Update it.", "hermes is too new. Update it."]),
  );
});

test("what was found and not understood is a warning while everything else is mirrored", () => {
  const problem = { kind: "source" as const, message: "Codex is too new.", hint: "Update it.", retryable: false };
  const shown = withHealth({ phase: "error", problem, findings: [{ harness: "codex", problem }] });
  expect(shown).toMatchObject({ headline: "Codex is too new.", severity: "warning" });
  expect(shown.lines.filter((line) => line.includes("Codex is too new"))).toEqual([]);
});
