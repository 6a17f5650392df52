/** Asks the two Python extensions, when they are there, which interpreter the user works with. Neither is needed. */

import * as vscode from "vscode";

/** Another extension's start must not hold up ours. */
export const TIME_LIMIT_MS = 3000;

export interface EnvironmentProvider {
  readonly name: string;
  /** The path of an interpreter, if the provider knows one. */
  find(): Promise<string | undefined>;
}

export const environmentProviders: readonly EnvironmentProvider[] = [
  { name: "Python Environments", find: () => ask("ms-python.vscode-python-envs", fromPythonEnvironments) },
  { name: "Python", find: () => ask("ms-python.python", fromPython) },
];

/** Answers `undefined` when the provider fails or takes too long. */
export async function within(provider: EnvironmentProvider, limitMs = TIME_LIMIT_MS): Promise<string | undefined> {
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<undefined>((resolve) => {
    timer = setTimeout(() => resolve(undefined), limitMs);
  });
  try {
    return await Promise.race([provider.find(), late]);
  } catch {
    return undefined;
  } finally {
    clearTimeout(timer);
  }
}

async function ask(extensionId: string, read: (api: unknown) => Promise<unknown>): Promise<string | undefined> {
  const extension = vscode.extensions.getExtension<unknown>(extensionId);
  if (extension === undefined) {
    return undefined;
  }
  const found = await read(await extension.activate());
  return typeof found === "string" && found !== "" ? found : undefined;
}

async function fromPythonEnvironments(api: unknown): Promise<unknown> {
  const environment = await call(api, ["getEnvironment"], undefined);
  return property(environment, ["execInfo", "run", "executable"]);
}

async function fromPython(api: unknown): Promise<unknown> {
  const active = await call(api, ["environments", "getActiveEnvironmentPath"]);
  const environment = await call(api, ["environments", "resolveEnvironment"], active);
  return property(environment, ["executable", "uri", "fsPath"]);
}

function property(value: unknown, path: readonly string[]): unknown {
  let current = value;
  for (const name of path) {
    if (typeof current !== "object" || current === null) {
      return undefined;
    }
    current = Reflect.get(current, name);
  }
  return current;
}

/** These interfaces belong to others and change: a method that isn't there is no answer, not an error. */
async function call(owner: unknown, path: readonly string[], ...args: unknown[]): Promise<unknown> {
  const method = property(owner, path);
  if (typeof method !== "function") {
    return undefined;
  }
  return Reflect.apply(method, property(owner, path.slice(0, -1)), args);
}
