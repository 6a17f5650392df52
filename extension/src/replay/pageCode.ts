/**
 * The page's script and style. They stand in its document: an editor fetches what a page names through a worker, a window
 * and its own process, one after the other, and that takes as long as the rest of opening a replay.
 */

import { readFileSync } from "node:fs";
import * as vscode from "vscode";

export interface PageCode {
  readonly script: string;
  readonly style: string;
}

/** Reads them when they are first asked for, and keeps them. */
export function pageCodeOf(extensionUri: vscode.Uri): () => PageCode {
  let code: PageCode | undefined;
  const read = (name: string): string =>
    readFileSync(vscode.Uri.joinPath(extensionUri, "dist", "page", name).fsPath, "utf8");
  return () => {
    code ??= { script: inScript(read("main.js")), style: inStyle(read("main.css")) };
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
