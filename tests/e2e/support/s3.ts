// A real S3-compatible server on the loopback, for as long as a test needs it.

import { spawn } from "node:child_process";
import { once } from "node:events";
import { mkdir } from "node:fs/promises";
import { createServer } from "node:net";
import { join } from "node:path";
import { setTimeout as delay } from "node:timers/promises";
import { ROOT } from "../../../scripts/lib/places.mjs";
import { endGroup } from "../../../scripts/lib/run.mjs";

const START_LIMIT_MS = 60_000;
const LOOK_EVERY_MS = 100;

export interface S3Server {
  readonly endpoint: string;
  /** The keys of all objects in a bucket. */
  keys(bucket: string): Promise<string[]>;
  stop(): Promise<void>;
}

/** Starts the server with one empty bucket; `home` is a scratch folder. */
export async function startS3(home: string, bucket: string): Promise<S3Server> {
  const port = await freePort();
  const endpoint = `http://127.0.0.1:${port}`;
  const data = join(home, "s3");
  await mkdir(data, { recursive: true });
  const child = spawn(join(ROOT, ".venv/bin/ministack"), [], {
    env: {
      PATH: "/usr/bin:/bin",
      HOME: data,
      BIND_HOST: "127.0.0.1",
      GATEWAY_PORT: String(port),
      SERVICES: "s3",
      S3_PERSIST: "1",
      S3_DATA_DIR: data,
      LOG_LEVEL: "ERROR",
    },
    stdio: "ignore",
    detached: true,
  });
  await answered(`${endpoint}/_ministack/health`);
  await fetch(`${endpoint}/${bucket}`, { method: "PUT" });
  return {
    endpoint,
    async keys(name) {
      const listing = await (await fetch(`${endpoint}/${name}?list-type=2`)).text();
      return [...listing.matchAll(/<Key>([^<]*)<\/Key>/g)].map((match) => match[1] ?? "");
    },
    stop: () => endGroup(child),
  };
}

async function freePort(): Promise<number> {
  const probe = createServer().listen(0, "127.0.0.1");
  await once(probe, "listening");
  const address = probe.address();
  probe.close();
  await once(probe, "close");
  if (address === null || typeof address === "string") {
    throw new Error("no port was given");
  }
  return address.port;
}

async function answered(url: string): Promise<void> {
  const until = Date.now() + START_LIMIT_MS;
  for (;;) {
    const response = await fetch(url).catch(() => undefined);
    if (response?.ok) {
      return;
    }
    if (Date.now() > until) {
      throw new Error(`${url} did not answer within ${START_LIMIT_MS / 1000} s`);
    }
    await delay(LOOK_EVERY_MS);
  }
}
