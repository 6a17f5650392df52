// What the page and the helper cost, as the browser and the system tell it.

import { readFile } from "node:fs/promises";
import type { CDPSession } from "@playwright/test";

/** Of the browser's process that shows the editor with all its pages: they share one heap. */
export interface PageCost {
  /** After collecting garbage, in bytes. */
  readonly heap: number;
  readonly nodes: number;
}

/** Of the main thread since it began, in seconds. */
export interface Work {
  readonly all: number;
  readonly script: number;
  readonly layout: number;
}

export async function pageCost(devtools: CDPSession): Promise<PageCost> {
  for (let round = 0; round < 3; round += 1) {
    await devtools.send("HeapProfiler.collectGarbage");
  }
  const { usedSize } = await devtools.send("Runtime.getHeapUsage");
  const { nodes } = await devtools.send("Memory.getDOMCounters");
  return { heap: usedSize, nodes };
}

export async function workOf(devtools: CDPSession): Promise<Work> {
  await devtools.send("Performance.enable", { timeDomain: "threadTicks" });
  const { metrics } = await devtools.send("Performance.getMetrics");
  const told = (name: string): number => metrics.find((each) => each.name === name)?.value ?? 0;
  return {
    all: told("TaskDuration"),
    script: told("ScriptDuration"),
    layout: told("LayoutDuration") + told("RecalcStyleDuration"),
  };
}

/** Resident memory now and at its highest, in bytes. */
export async function residentMemory(pid: number): Promise<{ readonly now: number; readonly most: number }> {
  const status = await readFile(`/proc/${pid}/status`, "utf8");
  const told = (name: string): number => Number(new RegExp(`${name}:\\s*(\\d+) kB`).exec(status)?.[1] ?? 0) * 1024;
  return { now: told("VmRSS"), most: told("VmHWM") };
}
