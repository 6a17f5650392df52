// A scratch machine: a home, a workspace, the agent's folder and Session Mirror's state, apart from the real ones.

import { type ChildProcess, spawn } from "node:child_process";
import { mkdir, mkdtemp, readdir, readFile, realpath, rm, stat, utimes, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { basename, dirname, join } from "node:path";
import { ROOT } from "../../../scripts/lib/places.mjs";
import { findPython } from "../../../scripts/lib/python.mjs";
import { endGroup, run } from "../../../scripts/lib/run.mjs";

export interface AgentOptions {
  readonly turns?: number;
  /** Seconds between two records. */
  readonly delay?: number;
  readonly seed?: number;
  /** The workspace unless told. */
  readonly cwd?: string;
  readonly forever?: boolean;
}

export interface RunningAgent {
  /** Ends it; what it wrote stays. */
  stop(): Promise<void>;
  /** Resolves when it has written everything. */
  readonly finished: Promise<void>;
}

/** A session as its transcript stands at the moment. */
export interface Session {
  readonly sessionId: string;
  /** What its mirror has to hold: the transcript with the one kind of secret masked that the simulated agent prints. */
  readonly bytes: string;
  readonly lines: number;
}

const PAST_MS = 3 * 60 * 60_000;

export class Machine {
  readonly workspace: string;
  readonly claudeHome: string;
  readonly state: string;
  readonly env: Record<string, string>;
  private readonly children: ChildProcess[] = [];

  private constructor(
    readonly root: string,
    readonly python: string,
  ) {
    this.workspace = join(root, "workspace");
    this.claudeHome = join(root, "claude");
    this.state = join(root, "state");
    const home = join(root, "home");
    // Nothing of the environment that started the tests reaches the editor.
    this.env = {
      PATH: [dirname(python), "/usr/local/bin", "/usr/bin", "/bin"].join(":"),
      HOME: home,
      LANG: "C.UTF-8",
      TMPDIR: join(root, "tmp"),
      XDG_CACHE_HOME: join(home, ".cache"),
      XDG_CONFIG_HOME: join(home, ".config"),
      XDG_DATA_HOME: join(home, ".local/share"),
      XDG_STATE_HOME: join(home, ".local/state"),
      CLAUDE_CONFIG_DIR: this.claudeHome,
      SESSION_MIRROR_STATE_DIR: this.state,
    };
  }

  static async create(): Promise<Machine> {
    // Short, because sockets live below it; real, because agents and editors resolve links.
    const root = await realpath(await mkdtemp(join(tmpdir(), "sm-")));
    const machine = new Machine(root, await findPython());
    for (const folder of [machine.workspace, machine.claudeHome, join(root, "tmp"), join(root, "home")]) {
      await mkdir(folder, { recursive: true });
    }
    await writeFile(join(machine.workspace, "README.md"), "# Sample\n");
    return machine;
  }

  async dispose(): Promise<void> {
    await Promise.all(this.children.map((child) => endGroup(child)));
    await rm(this.root, { recursive: true, force: true, maxRetries: 5 });
  }

  /** Starts a simulated Claude Code that writes a session of the workspace. */
  startAgent({ turns, delay, seed, cwd = this.workspace, forever = false }: AgentOptions = {}): RunningAgent {
    const args = [join(ROOT, "scripts/simulated_agent.py"), "--config-dir", this.claudeHome, "--cwd", cwd];
    for (const [name, value] of Object.entries({ turns, delay, seed })) {
      if (value !== undefined) {
        args.push(`--${name}`, String(value));
      }
    }
    if (forever) {
      args.push("--forever");
    }
    const child = spawn(this.python, args, {
      env: this.env,
      stdio: ["ignore", "ignore", "inherit"],
      detached: true,
    });
    this.children.push(child);
    const finished = new Promise<void>((resolve, reject) => {
      child.once("error", reject);
      child.once("close", (code, signal) => {
        if (code === 0 || signal !== null) {
          resolve();
        } else {
          reject(new Error(`the simulated agent ended with exit code ${code}`));
        }
      });
    });
    finished.catch(() => undefined); // who awaits it learns of it
    return { finished, stop: () => endGroup(child) };
  }

  /** Writes a session that ended hours ago. */
  async pastSession(options: AgentOptions = {}): Promise<Session> {
    const before = await this.transcripts();
    await this.startAgent({ turns: 3, ...options, delay: 0 }).finished;
    for (const [sessionId, transcript] of await this.transcripts()) {
      if (!before.has(sessionId)) {
        const ended = new Date(Date.now() - PAST_MS);
        await utimes(transcript, ended, ended);
        return await describe(transcript);
      }
    }
    throw new Error("the simulated agent wrote no session");
  }

  /** The transcripts on disk, by session id. */
  async transcripts(): Promise<ReadonlyMap<string, string>> {
    const names = await readdir(join(this.claudeHome, "projects"), { recursive: true }).catch(() => []);
    const files = names
      .filter((name) => name.endsWith(".jsonl"))
      .map((name) => join(this.claudeHome, "projects", name));
    return new Map(files.map((file) => [basename(file, ".jsonl"), file]));
  }

  /** The one session on disk. */
  async onlySession(): Promise<Session> {
    const [transcript, ...others] = (await this.transcripts()).values();
    if (transcript === undefined || others.length > 0) {
      throw new Error(`one session was expected, not ${transcript === undefined ? 0 : others.length + 1}`);
    }
    return await describe(transcript);
  }

  /** What agents do when they compact or rewind a session: other bytes from the start. */
  async rewriteTranscripts(): Promise<void> {
    for (const file of (await this.transcripts()).values()) {
      const [, ...rest] = (await readFile(file, "utf8")).split("\n");
      await writeFile(file, rest.join("\n"));
    }
  }

  /** As if there had been so much time between the transcripts' lines; their dates stay. */
  async retimeTranscripts(msBefore: (line: number) => number): Promise<void> {
    for (const file of (await this.transcripts()).values()) {
      const { atime, mtime } = await stat(file);
      let timeMs = Date.parse("2026-03-02T14:00:00Z");
      const lines = (await readFile(file, "utf8")).trimEnd().split("\n");
      const retimed = lines.map((line, number) => {
        timeMs += msBefore(number);
        return line.replace(/"timestamp":\s*"[^"]*"/, `"timestamp":"${new Date(timeMs).toISOString()}"`);
      });
      await writeFile(file, `${retimed.join("\n")}\n`);
      await utimes(file, atime, mtime);
    }
  }

  /** What agents do after a while. */
  async deleteTranscripts(): Promise<void> {
    for (const file of (await this.transcripts()).values()) {
      await rm(file);
    }
  }

  /** The names of a session's mirrored parts. */
  async parts(sessionId: string): Promise<string[]> {
    const names = await readdir(join(this.state, "mirror"), { recursive: true }).catch(() => []);
    return names.filter((name) => name.includes(`/${sessionId}/part-`)).sort();
  }

  /** Changes a byte of a session's first mirrored part; returns what changes it back. */
  async damageMirror(sessionId: string): Promise<() => Promise<void>> {
    const [name = ""] = await this.parts(sessionId);
    const part = join(this.state, "mirror", name);
    const intact = await readFile(part, "utf8");
    await writeFile(part, intact.replace("type", "Type"));
    return () => writeFile(part, intact);
  }

  /** What the packed helper's own command line says, run as the editor runs it. */
  cli(extension: string, ...args: readonly string[]): Promise<string> {
    const bootstrap = join(extension, "pyhelper/bootstrap.py");
    return run(this.python, ["-I", "-S", "-X", "utf8", bootstrap, ...args], { env: this.env, timeoutMs: 60_000 });
  }

  /** A session's mirrored bytes, or why there are none. */
  async mirrored(extension: string, sessionId: string): Promise<{ bytes: string } | { problem: string }> {
    try {
      return { bytes: await this.cli(extension, "show", sessionId, "--raw") };
    } catch (error) {
      return { problem: String(error) };
    }
  }

  /** Every file below a folder. */
  async listing(folder: string): Promise<string[]> {
    return (await readdir(folder, { recursive: true })).sort();
  }

  /** The process ids of the helpers that editors started on this machine. */
  async helpers(): Promise<number[]> {
    const mine = `SESSION_MIRROR_STATE_DIR=${this.state}`;
    const found: number[] = [];
    for (const pid of (await readdir("/proc")).filter((name) => /^\d+$/.test(name))) {
      const [command, environment] = await Promise.all([
        readFile(`/proc/${pid}/cmdline`, "utf8").catch(() => ""),
        readFile(`/proc/${pid}/environ`, "utf8").catch(() => ""),
      ]);
      const words = command.split("\0");
      if (
        words.includes("serve") &&
        words.some((word) => word.endsWith("bootstrap.py")) &&
        environment.includes(mine)
      ) {
        found.push(Number(pid));
      }
    }
    return found;
  }
}

async function describe(transcript: string): Promise<Session> {
  const bytes = (await readFile(transcript, "utf8")).replaceAll(/AKIA[0-9A-Z]{16}/g, "[REDACTED:aws_access_key]");
  return { sessionId: basename(transcript, ".jsonl"), bytes, lines: bytes.split("\n").length - 1 };
}
