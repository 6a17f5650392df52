import { beforeEach, describe, expect, test } from "vitest";
import { type DiscoveryDeps, discover, type Remembered } from "../../../extension/src/helper/python/discovery";
import { within } from "../../../extension/src/helper/python/environments";
import type { Candidate, ProbeResult } from "../../../extension/src/helper/python/probe";

/** A machine where `pythons` answer the probe, each with its version, and were modified at 1. */
class Machine {
  setting = "";
  remembered: Remembered | undefined;
  provided: (string | undefined)[] = [];
  places: string[] = [];
  pythons = new Map<string, string>();
  folders: string[] = ["/home/ada/app"];
  trusted = true;
  probed: string[] = [];

  deps(): DiscoveryDeps {
    return {
      setting: () => this.setting,
      remembered: {
        read: () => this.remembered,
        write: async (value) => {
          this.remembered = value;
        },
      },
      providers: this.provided.map((path) => ({ name: "provider", find: async () => path })),
      places: () => this.places.map((command) => ({ command, args: [] })),
      probe: async ({ command }: Candidate): Promise<ProbeResult> => {
        this.probed.push(command);
        const version = this.pythons.get(command);
        return version === undefined
          ? { ok: false, reason: "tooOld", detail: "3.8.1" }
          : { ok: true, interpreter: { path: command, version } };
      },
      modifiedAt: async (path) => (this.pythons.has(path) || path === "/old" ? 1 : undefined),
      folders: () => this.folders,
      isTrusted: () => this.trusted,
      log: () => undefined,
    };
  }

  async find(): Promise<string | undefined> {
    return (await discover(this.deps())).found?.path;
  }
}

let machine: Machine;
beforeEach(() => {
  machine = new Machine();
  machine.pythons = new Map(["/set", "/known", "/ext1", "/ext2", "/usr/bin/python3"].map((path) => [path, "3.12.1"]));
  machine.remembered = { path: "/known", version: "3.12.1", modifiedAtMs: 1 };
  machine.provided = ["/ext1", "/ext2"];
  machine.places = ["/usr/bin/python3"];
});

describe("the order", () => {
  test("the setting wins over all", async () => {
    machine.setting = "/set";
    expect(await machine.find()).toBe("/set");
  });

  test("then the one that worked last, without running it again", async () => {
    expect(await machine.find()).toBe("/known");
    expect(machine.probed).toEqual([]);
  });

  test("then the extensions, one after the other", async () => {
    machine.remembered = undefined;
    expect(await machine.find()).toBe("/ext1");
    machine.remembered = undefined;
    machine.pythons.delete("/ext1");
    expect(await machine.find()).toBe("/ext2");
  });

  test("then the usual places, skipping what does not exist or is too old", async () => {
    machine.remembered = undefined;
    machine.provided = [undefined];
    machine.places = ["/missing", "/old", "/usr/bin/python3"];
    machine.probed = [];
    expect(await machine.find()).toBe("/usr/bin/python3");
    expect(machine.probed).toEqual(["/old", "/usr/bin/python3"]);
  });

  test("and nothing when there is nothing", async () => {
    machine.remembered = undefined;
    machine.provided = [];
    machine.places = [];
    expect(await discover(machine.deps())).toEqual({ found: undefined, chosen: undefined });
  });
});

test("a chosen interpreter that won't do is said so, and no other is used behind the user's back", async () => {
  machine.setting = "/old";
  expect(await discover(machine.deps())).toEqual({
    found: undefined,
    chosen: { path: "/old", result: { ok: false, reason: "tooOld", detail: "3.8.1" } },
  });
});

test("what is found is remembered, and a changed file is probed anew", async () => {
  machine.remembered = { path: "/known", version: "3.12.1", modifiedAtMs: 99 };
  expect(await machine.find()).toBe("/ext1");
  expect(machine.remembered).toEqual({ path: "/ext1", version: "3.12.1", modifiedAtMs: 1 });
});

describe("a program inside a workspace folder", () => {
  beforeEach(() => {
    machine.remembered = undefined;
    machine.provided = ["/home/ada/app/.venv/bin/python"];
    machine.pythons.set("/home/ada/app/.venv/bin/python", "3.12.1");
  });

  test("is not even probed while the workspace is not trusted", async () => {
    machine.trusted = false;
    machine.places = ["/home/ada/app/bin/python3", "/usr/bin/python3"];
    machine.pythons.set("/home/ada/app/bin/python3", "3.12.1");
    expect(await machine.find()).toBe("/usr/bin/python3");
    expect(machine.probed).toEqual(["/usr/bin/python3"]);
  });

  test("is used in a trusted one, but not remembered for others", async () => {
    expect(await machine.find()).toBe("/home/ada/app/.venv/bin/python");
    expect(machine.remembered).toBeUndefined();
  });

  test("is not used either when it was remembered before the folder was opened", async () => {
    machine.trusted = false;
    machine.remembered = { path: "/home/ada/app/.venv/bin/python", version: "3.12.1", modifiedAtMs: 1 };
    expect(await machine.find()).toBe("/usr/bin/python3");
  });
});

describe("an extension that is asked", () => {
  test("and never answers is given up on after its time", async () => {
    expect(await within({ name: "slow", find: () => new Promise(() => undefined) }, 5)).toBeUndefined();
  });

  test("and fails is no answer", async () => {
    expect(await within({ name: "bad", find: () => Promise.reject(new Error("x")) })).toBeUndefined();
  });
});
