/** What the replay tabs are built from. */

import type * as vscode from "vscode";
import type { HelperClient } from "../helper/client";

export interface ReplayDeps {
  readonly extensionUri: vscode.Uri;
  readonly helper: HelperClient;
  readonly log: vscode.LogOutputChannel;
}
