/**
 * The page's script and style. It loads nothing: an editor fetches what a page names through a worker, a window and its own
 * process, one after the other, and that takes as long as the rest of opening a replay.
 */

import { readFileSync } from "node:fs";
import * as vscode from "vscode";

export interface PageCode {
  /** Stand in its document. */
  readonly loader: string;
  readonly style: string;
  /** What the loader runs, as UTF-8: the editor passes bytes on as they are. */
  readonly script: Uint8Array;
}

/** Reads them when they are first asked for, and keeps them. */
export function pageCodeOf(extensionUri: vscode.Uri): () => PageCode {
  let code: PageCode | undefined;
  const read = (name: string): Buffer => readFileSync(vscode.Uri.joinPath(extensionUri, "dist", "page", name).fsPath);
  return () => {
    code ??= {
      loader: inScript(read("loader.js").toString()),
      style: inStyle(read("main.css").toString()),
      script: new Uint8Array(read("main.js")),
    };
    return code;
  };
}

/** As it can stand within a script element: what would end that, or begin a comment, stands in a string or a pattern. */
export function inScript(script: string): string {
  return script.replaceAll(/<\/(?=script)/gi, "<\\/").replaceAll("<!--", "\\x3C!--");
}

/** As it can stand within a style element. */
export function inStyle(style: string): string {
  return style.replaceAll(/<\/(?=style)/gi, "<\\/");
}
