/** Where a Python usually is, most wanted first. Pure: the caller says which system and environment. */

import { posix, win32 } from "node:path";
import type { Environment } from "../childEnvironment";
import type { Candidate } from "./probe";

const NEWEST_MINOR = 14;
const OLDEST_MINOR = 10;
const VERSIONED = Array.from({ length: NEWEST_MINOR - OLDEST_MINOR + 1 }, (_, i) => `3.${NEWEST_MINOR - i}`);

const UNIX_FOLDERS = ["/opt/homebrew/bin", "/usr/local/bin", "/usr/bin", "/bin", "/opt/local/bin"];

/** Absolute commands only: names are looked up in the absolute folders of PATH, so that no project folder slips in. */
export function usualPlaces(platform: NodeJS.Platform, environment: Environment): Candidate[] {
  return platform === "win32" ? windows(environment) : unix(platform, environment);
}

function unix(platform: NodeJS.Platform, environment: Environment): Candidate[] {
  const { HOME: home, PATH: path } = environment;
  const folders = pathFolders(path, ":", posix.isAbsolute);
  folders.push(...UNIX_FOLDERS);
  if (home !== undefined && posix.isAbsolute(home)) {
    folders.push(posix.join(home, ".local/bin"), posix.join(home, ".pyenv/shims"));
  }
  if (platform === "darwin") {
    folders.push("/Library/Frameworks/Python.framework/Versions/Current/bin");
  }
  const names = [...VERSIONED.map((version) => `python${version}`), "python3", "python"];
  return inFolders(names, folders, posix.join);
}

function windows(environment: Environment): Candidate[] {
  // A copied environment is case-sensitive, and Windows spells this one either way.
  const { Path, PATH, LOCALAPPDATA: local, ProgramFiles: programs, SystemRoot: root } = environment;
  const folders = pathFolders(Path ?? PATH, ";", win32.isAbsolute);
  const installed: string[] = [];
  for (const version of VERSIONED) {
    const folder = `Python${version.replace(".", "")}`;
    if (local !== undefined) {
      installed.push(win32.join(local, "Programs", "Python", folder));
    }
    if (programs !== undefined) {
      installed.push(win32.join(programs, folder));
    }
  }
  const launchers = inFolders(["py.exe"], root === undefined ? folders : [root, ...folders], win32.join);
  return [
    ...launchers.map((launcher) => ({ ...launcher, args: ["-3"] })),
    ...inFolders(["python3.exe", "python.exe"], [...folders, ...installed], win32.join),
  ];
}

function pathFolders(path: string | undefined, separator: string, isAbsolute: (path: string) => boolean): string[] {
  return (path ?? "").split(separator).filter((folder) => folder !== "" && isAbsolute(folder));
}

function inFolders(names: string[], folders: string[], join: (...parts: string[]) => string): Candidate[] {
  const unique = [...new Set(folders)];
  return names.flatMap((name) => unique.map((folder) => ({ command: join(folder, name), args: [] })));
}
