/** The environment a child Python starts with: the user's, without what would bend or break it. */

export type Environment = Readonly<Record<string, string | undefined>>;

export interface ProxySettings {
  /** The editor's own `http.proxy`; empty when there is none. */
  readonly proxy: string;
  readonly noProxy: readonly string[];
}

const SNAP_SUFFIX = "_VSCODE_SNAP_ORIG";
const PROXY_VARIABLES = ["HTTPS_PROXY", "ALL_PROXY"];

/**
 * Drops what steers Python (`PYTHON*`, the macOS launcher's variable, an activated environment), undoes what a snap
 * package changed for its own programs, and hands the editor's proxy on when the environment names none. Proxy and
 * certificate variables stay as they are.
 */
export function childEnvironment(environment: Environment, settings: ProxySettings): Record<string, string> {
  const child: Record<string, string> = {};
  for (const [name, value] of Object.entries(environment)) {
    if (value !== undefined && !steersPython(name)) {
      child[name] = value;
    }
  }
  undoSnap(child);
  addProxy(child, settings);
  return child;
}

function steersPython(name: string): boolean {
  const upper = name.toUpperCase();
  return upper.startsWith("PYTHON") || upper === "__PYVENV_LAUNCHER__" || upper === "VIRTUAL_ENV";
}

/** The snap keeps the user's value of `X` in `X_VSCODE_SNAP_ORIG`; empty means that `X` was not set. */
function undoSnap(child: Record<string, string>): void {
  for (const [name, original] of Object.entries(child)) {
    if (name.endsWith(SNAP_SUFFIX)) {
      delete child[name];
      const changed = name.slice(0, -SNAP_SUFFIX.length);
      if (original === "" || steersPython(changed)) {
        delete child[changed];
      } else {
        child[changed] = original;
      }
    }
  }
}

function addProxy(child: Record<string, string>, settings: ProxySettings): void {
  const given = new Set(Object.keys(child).map((name) => name.toUpperCase()));
  if (settings.proxy === "" || PROXY_VARIABLES.some((name) => given.has(name))) {
    return;
  }
  Object.assign(child, { HTTPS_PROXY: settings.proxy });
  if (settings.noProxy.length > 0 && !given.has("NO_PROXY")) {
    Object.assign(child, { NO_PROXY: settings.noProxy.join(",") });
  }
}
