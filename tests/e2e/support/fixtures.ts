// What every end-to-end test gets: a scratch machine, an editor with the packed extension on it, and windows of it.

import { cp, mkdir, mkdtemp, readdir, rm, stat } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { type Browser, test as base, chromium, type Page } from "@playwright/test";
import { findChromium } from "../../../scripts/lib/packages.mjs";
import { VSIX } from "../../../scripts/lib/places.mjs";
import { ensureWorkbench } from "../../../scripts/workbench/install.mjs";
import { folderUrl, installExtension, prepareProfile, startServer } from "../../../scripts/workbench/server.mjs";
import { EditorWindow } from "../pages/editorWindow";
import { linkBuiltins } from "./builtins";
import { Machine } from "./machine";

/** The editor with the packed extension, installed once and shared by the editors of all tests. */
interface Installed {
  readonly workbench: { readonly node: string; readonly entry: string };
  readonly extensions: string;
  /** Where the unpacked VSIX lies. */
  readonly extension: string;
  /** The few of the editor's own extensions that tests need. */
  readonly builtins: string;
}

export interface Editor {
  /** Opens a window on a folder; the workspace unless told. */
  openWindow(folder?: string): Promise<EditorWindow>;
  /** Ends the editor with all its windows. */
  stop(): Promise<void>;
}

interface Options {
  /** The user's settings, beside those that keep an editor quiet. */
  readonly settings: Record<string, unknown>;
  /** False: the editor asks before it trusts a folder. */
  readonly trust: boolean;
  /** True: with all extensions that the editor brings. */
  readonly everyBuiltin: boolean;
  /** More environment for the editor and what it starts. */
  readonly extraEnv: Record<string, string>;
}

interface Fixtures extends Options {
  readonly machine: Machine;
  readonly editor: Editor;
}

interface WorkerFixtures {
  readonly installed: Installed;
  readonly chromiumBrowser: Browser;
}

const CHROMIUM_ARGUMENTS = [
  "--disable-background-networking",
  "--disable-component-update",
  "--disable-gpu",
  "--disable-sync",
  "--no-first-run",
  "--no-sandbox",
  "--host-resolver-rules=MAP * ~NOTFOUND, EXCLUDE 127.0.0.1",
];

/** The server would pack twenty megabytes anew for every window, for a browser on the same machine. */
const UNPACKED = { "accept-encoding": "identity" };

/** Whether windows leave pictures of what the tests look at. */
const pictures = Boolean(process.env["PICTURES"]);

export const test = base.extend<Fixtures, WorkerFixtures>({
  settings: [{}, { option: true }],
  trust: [true, { option: true }],
  everyBuiltin: [false, { option: true }],
  extraEnv: [{}, { option: true }],

  installed: [
    // biome-ignore lint/correctness/noEmptyPattern: Playwright reads the fixtures' names from it
    async ({}, use) => {
      await stat(VSIX).catch(() => {
        throw new Error(`${VSIX} is missing: run \`npm run package\``);
      });
      const workbench = await ensureWorkbench();
      const home = await mkdtemp(join(tmpdir(), "sm-ext-"));
      const profile = await prepareProfile(home);
      await installExtension(workbench, profile, VSIX, { PATH: "/usr/bin:/bin", HOME: home });
      const name = (await readdir(profile.extensions)).find((entry) => entry.startsWith("session-mirror."));
      if (name === undefined) {
        throw new Error("the extension was not installed");
      }
      const builtins = join(home, "builtins");
      await linkBuiltins(workbench.entry, builtins);
      const { extensions } = profile;
      await use({ workbench, extensions, extension: join(extensions, name), builtins });
      await rm(home, { recursive: true, force: true });
    },
    { scope: "worker", timeout: 600_000 },
  ],

  chromiumBrowser: [
    // biome-ignore lint/correctness/noEmptyPattern: Playwright reads the fixtures' names from it
    async ({}, use) => {
      const executablePath = findChromium();
      if (executablePath === undefined) {
        throw new Error("Chromium is not installed");
      }
      const browser = await chromium.launch({ executablePath, args: CHROMIUM_ARGUMENTS });
      await use(browser);
      await browser.close();
    },
    { scope: "worker" },
  ],

  // biome-ignore lint/correctness/noEmptyPattern: Playwright reads the fixtures' names from it
  machine: async ({}, use) => {
    const machine = await Machine.create();
    await use(machine);
    await machine.dispose();
  },

  editor: async (
    { installed, chromiumBrowser, machine, settings, trust, everyBuiltin, extraEnv, viewport, deviceScaleFactor },
    use,
    testInfo,
  ) => {
    const { userData } = await prepareProfile(machine.root, settings);
    const profile = { userData, extensions: installed.extensions };
    const logFile = testInfo.outputPath("editor.log");
    await mkdir(testInfo.outputDir, { recursive: true });
    const env = { ...machine.env, ...extraEnv };
    const builtins = everyBuiltin ? {} : { builtins: installed.builtins };
    const server = await startServer(installed.workbench, profile, { env, logFile, trust, ...builtins });
    const pages: Page[] = [];
    await use({
      async openWindow(folder = machine.workspace) {
        const page = await chromiumBrowser.newPage({
          ...{ viewport, deviceScaleFactor: deviceScaleFactor ?? 1, extraHTTPHeaders: UNPACKED },
        });
        pages.push(page);
        const window = new EditorWindow(
          page,
          folderUrl(server.url, folder),
          pictures && testInfo.outputPath.bind(testInfo),
        );
        await window.load();
        return window;
      },
      stop: server.stop,
    });
    const open = pages.filter((page) => !page.isClosed());
    if (testInfo.status !== testInfo.expectedStatus) {
      await keepEvidence(open, userData, testInfo.outputPath.bind(testInfo));
    }
    await Promise.all([...open.map((page) => page.close()), server.stop()]);
  },
});

export { expect } from "@playwright/test";

/** Screenshots and the editor's logs of a failed test, for who looks into it. */
async function keepEvidence(pages: readonly Page[], userData: string, place: (name: string) => string): Promise<void> {
  await Promise.all(pages.map((page, index) => page.screenshot({ path: place(`window-${index + 1}.png`) })));
  await cp(join(userData, "logs"), place("logs"), { recursive: true }).catch(() => undefined);
}
