// `npm start [-- FOLDER]`: opens Session Mirror in a real editor, apart from the user's own settings and extensions.
//   --demo       a sample workspace in which a simulated agent writes a session live
//   --workbench  the browser-served editor even where `code` is installed
//   --port N     its port; any free one unless told

import { existsSync } from "node:fs";
import { join, resolve } from "node:path";
import { parseArgs } from "node:util";
import { prepareDemo, startAgent } from "./lib/demo.mjs";
import { ensureNodeModules } from "./lib/packages.mjs";
import { cacheDir, fingerprint, ROOT, VSIX } from "./lib/places.mjs";
import { runMain, step } from "./lib/progress.mjs";
import { findPython } from "./lib/python.mjs";
import { Failure } from "./lib/run.mjs";
import { ensureVsix } from "./lib/vsix.mjs";
import { findDesktop, openDesktop } from "./workbench/desktop.mjs";
import { ensureWorkbench } from "./workbench/install.mjs";
import { openWorkbench } from "./workbench/session.mjs";

const OLDEST_NODE = 20;
const PARENT_CHECK_MS = 1000;

await runMain(async () => {
  const { values, positionals } = options();
  if (Number(process.versions.node.split(".")[0]) < OLDEST_NODE) {
    throw new Failure(`Node.js ${OLDEST_NODE} or newer is needed; this is ${process.versions.node}.`);
  }
  console.log("Session Mirror");
  const python = await step("Python", findPython);
  await step("Node packages", ensureNodeModules);
  await ensureVsix();

  const demo = values.demo ? await prepareDemo(join(cacheDir(), "demo")) : undefined;
  const folder = demo?.workspace ?? resolve(positionals[0] ?? ROOT);
  const env = { ...process.env, ...demo?.env };
  const target = { folder, env, vsix: VSIX, vsixId: fingerprint(VSIX), port: values.port };

  const ending = untilStopped();
  const desktop = values.workbench ? undefined : await findDesktop();
  const editor = desktop
    ? await openDesktop(desktop, join(cacheDir(), "desktop"), target)
    : await openWorkbench(await step("Workbench", ensureWorkbench), join(cacheDir(), "browser"), target);
  const agent = demo ? startAgent(python, demo) : undefined;
  console.log(`\n  ${editor.message}`);
  if (demo) {
    console.log(
      "  A simulated agent is at work in it: open Session Mirror in the activity bar, and click its session.",
    );
  }
  console.log("  Ctrl-C ends it.");

  await Promise.race([ending, editor.closed]);
  await Promise.all([agent?.stop(), editor.stop()]);
  return 0;
});

function options() {
  try {
    const { values, positionals } = parseArgs({
      allowPositionals: true,
      options: {
        demo: { type: "boolean", default: false },
        workbench: { type: "boolean", default: false },
        port: { type: "string", default: "0" },
      },
    });
    const port = Number(values.port);
    if (!Number.isInteger(port) || port < 0 || port > 65_535) {
      throw new Failure(`--port takes a number from 0 to 65535, not "${values.port}".`);
    }
    const [folder] = positionals;
    if (positionals.length > 1 || (folder !== undefined && (values.demo || !existsSync(folder)))) {
      throw new Failure(`Can't open ${positionals.join(" ")}: one existing folder, or --demo, is what can be opened.`);
    }
    return { values: { ...values, port }, positionals };
  } catch (error) {
    if (error instanceof TypeError) {
      throw new Failure(`${error.message}\nUsage: npm start -- [FOLDER] [--demo] [--workbench] [--port N]`);
    }
    throw error;
  }
}

/** Resolves when the user, or whoever started this, wants it to end: npm doesn't always pass on that it was. */
function untilStopped() {
  return new Promise((stop) => {
    for (const signal of ["SIGINT", "SIGTERM", "SIGHUP"]) {
      process.once(signal, stop);
    }
    const parent = process.ppid;
    setInterval(() => process.ppid !== parent && stop("SIGHUP"), PARENT_CHECK_MS).unref();
  });
}
