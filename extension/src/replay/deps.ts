/** What the replay tabs are built from. */

import type * as vscode from "vscode";
import type { HelperClient } from "../helper/client";
import type { SessionSummary } from "../protocol/messages";
import type { Deeds } from "./deeds";
import type { HabitsMemory } from "./habits";
import type { LeftPlaces } from "./leftPlaces";
import type { OpenedFiles } from "./openedFiles";
import type { PageCode } from "./pageCode";

export interface ReplayDeps {
  readonly extensionUri: vscode.Uri;
  readonly pageCode: () => PageCode;
  readonly helper: HelperClient;
  readonly log: vscode.LogOutputChannel;
  /** All sessions that are known of this workspace. */
  readonly sessions: () => readonly SessionSummary[];
  readonly openedFiles: OpenedFiles;
  readonly deeds: Deeds;
  readonly habits: HabitsMemory;
  readonly leftPlaces: LeftPlaces;
}
