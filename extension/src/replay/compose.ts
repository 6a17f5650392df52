/** Puts together what shows replays. */

import * as vscode from "vscode";
import { registerReplayCommands } from "./commands";
import { Deeds, type DeedsDeps } from "./deeds";
import type { ReplayDeps } from "./deps";
import { HabitsMemory } from "./habits";
import { LeftPlaces } from "./leftPlaces";
import { OpenedFiles } from "./openedFiles";
import { ReplayPanels } from "./panels";
import { SeenDocuments } from "./seenDocuments";

export interface ReplayRoom {
  readonly panels: ReplayPanels;
  readonly disposable: vscode.Disposable;
}

export function composeReplay(
  deps: Omit<ReplayDeps, "openedFiles" | "deeds" | "habits" | "leftPlaces"> &
    DeedsDeps & { readonly memory: vscode.Memento; readonly preferences: vscode.Memento },
): ReplayRoom {
  const openedFiles = new OpenedFiles(deps.memory);
  const { extensionUri, pageCode, helper, log, sessions } = deps;
  const leftPlaces = new LeftPlaces(deps.preferences);
  const panels = new ReplayPanels({
    ...{ extensionUri, pageCode, helper, log, sessions, openedFiles },
    deeds: new Deeds(deps),
    habits: new HabitsMemory(deps.preferences),
    leftPlaces,
  });
  const documents = new SeenDocuments({ withSession: (target, run) => panels.withSession(target, run) });
  const commands = registerReplayCommands({ panels, openedFiles });
  return { panels, disposable: vscode.Disposable.from(panels, documents, commands, leftPlaces) };
}
