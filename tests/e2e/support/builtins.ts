// Those of the editor's own extensions that the tests need: reading all hundred of them takes a quarter of each start.

import { mkdir, symlink } from "node:fs/promises";
import { dirname, join } from "node:path";

const NEEDED = ["json", "markdown-basics", "python", "theme-defaults", "theme-seti"];

/** Fills a folder with them; `entry` is the editor's main script. */
export async function linkBuiltins(entry: string, folder: string): Promise<void> {
  const all = join(dirname(entry), "../../lib/vscode/extensions");
  await mkdir(folder);
  await Promise.all(NEEDED.map((name) => symlink(join(all, name), join(folder, name), "dir")));
}
