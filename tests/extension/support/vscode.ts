/**
 * Stands in for the editor in unit tests: what the extension uses of its API, as simple as can be, and `editor`, through
 * which a test sets the scene and sees what was shown.
 */

import { readFileSync, writeFileSync } from "node:fs";

type Listener<T> = (value: T) => unknown;

export class Disposable {
  static from(...items: { dispose(): unknown }[]): Disposable {
    return new Disposable(() => {
      for (const item of items) {
        item.dispose();
      }
    });
  }

  constructor(private readonly onDispose: () => unknown) {}

  dispose(): void {
    this.onDispose();
  }
}

export class EventEmitter<T> {
  private readonly listeners = new Set<Listener<T>>();

  readonly event = (listener: Listener<T>, thisArg?: unknown, disposables?: { dispose(): unknown }[]): Disposable => {
    const bound: Listener<T> = (value) => listener.call(thisArg, value);
    this.listeners.add(bound);
    const disposable = new Disposable(() => this.listeners.delete(bound));
    disposables?.push(disposable);
    return disposable;
  };

  fire(value: T): void {
    for (const listener of [...this.listeners]) {
      listener(value);
    }
  }

  dispose(): void {
    this.listeners.clear();
  }
}

export class CancellationTokenSource {
  private readonly emitter = new EventEmitter<void>();
  readonly token = { isCancellationRequested: false, onCancellationRequested: this.emitter.event };

  cancel(): void {
    this.token.isCancellationRequested = true;
    this.emitter.fire();
  }

  dispose(): void {
    this.emitter.dispose();
  }
}

export class CancellationError extends Error {}

export class Uri {
  static file(path: string): Uri {
    return new Uri("file", path);
  }

  static parse(text: string): Uri {
    const colon = text.indexOf(":");
    return new Uri(text.slice(0, colon), text.slice(colon + 1).replace(/^\/\//, ""));
  }

  static joinPath(base: Uri, ...parts: string[]): Uri {
    return new Uri(base.scheme, [base.path, ...parts].join("/"));
  }

  static from(parts: { scheme: string; path: string; query?: string }): Uri {
    return new Uri(parts.scheme, parts.path, parts.query);
  }

  constructor(
    readonly scheme: string,
    readonly path: string,
    readonly query = "",
  ) {}

  get fsPath(): string {
    return this.path;
  }

  toString(): string {
    return `${this.scheme}://${this.path}`;
  }
}

export class Range {
  readonly start: { readonly line: number; readonly character: number };
  readonly end: { readonly line: number; readonly character: number };

  constructor(line: number, character: number, lastLine: number, lastCharacter: number) {
    this.start = { line, character };
    this.end = { line: lastLine, character: lastCharacter };
  }
}

export class TabInputText {
  constructor(readonly uri: Uri) {}
}

export class ThemeIcon {
  constructor(
    readonly id: string,
    readonly color?: ThemeColor,
  ) {}
}

export class ThemeColor {
  constructor(readonly id: string) {}
}

export class TreeItem {
  id?: string;
  description?: string;
  tooltip?: unknown;
  contextValue?: string;
  iconPath?: unknown;
  command?: { command: string; arguments?: unknown[] };

  constructor(
    readonly label: string,
    readonly collapsibleState = 0,
  ) {}
}

export class MarkdownString {
  value = "";
  isTrusted = false;
  supportHtml = false;

  appendText(text: string): this {
    this.value += text.replace(/[\\`*_{}[\]()#+\-!~<>|&]/g, "\\$&").replace(/\n/g, "\n\n");
    return this;
  }

  appendMarkdown(text: string): this {
    this.value += text;
    return this;
  }
}

export const TreeItemCollapsibleState = { None: 0, Collapsed: 1, Expanded: 2 } as const;
export const StatusBarAlignment = { Left: 1, Right: 2 } as const;
export const ConfigurationTarget = { Global: 1, Workspace: 2, WorkspaceFolder: 3 } as const;
export const ProgressLocation = { SourceControl: 1, Window: 10, Notification: 15 } as const;
export const LogLevel = { Off: 0, Trace: 1, Debug: 2, Info: 3, Warning: 4, Error: 5 } as const;
export const InputBoxValidationSeverity = { Info: 1, Warning: 2, Error: 3 } as const;
export const UIKind = { Desktop: 1, Web: 2 } as const;
export const ViewColumn = { Active: -1, Beside: -2, One: 1 } as const;
export const version = "1.100.0";

interface Shown {
  readonly severity: "error" | "warning" | "information";
  readonly message: string;
  readonly detail: string;
  readonly labels: readonly string[];
}

const configurationChanges = new EventEmitter<{ affectsConfiguration(name: string): boolean }>();
const folderChanges = new EventEmitter<void>();
const trustGrants = new EventEmitter<void>();

/** The scene of a test; `reset` before each. */
export const editor = {
  settings: new Map<string, unknown>(),
  folders: [] as { uri: Uri; name: string; index: number }[],
  trusted: true,
  extensions: new Map<string, unknown>(),
  shown: [] as Shown[],
  executed: [] as unknown[][],
  /** The handlers of registered commands, by id. */
  commands: new Map<string, (...given: unknown[]) => unknown>(),
  uriHandler: undefined as { handleUri(uri: Uri): unknown } | undefined,
  activeTab: undefined as { input: unknown } | undefined,
  progressReports: [] as unknown[],
  clipboard: "",
  /** Answers to messages, picks, inputs and dialogs, in turn; without one the user turns away. */
  answers: [] as ((offered: unknown) => unknown)[],
  progressToken: new CancellationTokenSource(),

  reset(): void {
    editor.settings.clear();
    editor.folders = [];
    editor.trusted = true;
    editor.extensions.clear();
    editor.shown = [];
    editor.executed = [];
    editor.commands.clear();
    editor.uriHandler = undefined;
    editor.activeTab = undefined;
    editor.progressReports = [];
    editor.clipboard = "";
    editor.answers = [];
    editor.progressToken = new CancellationTokenSource();
  },

  set(name: string, value: unknown): void {
    editor.settings.set(name, value);
    configurationChanges.fire({ affectsConfiguration: (asked) => name === asked || name.startsWith(`${asked}.`) });
  },

  setFolders(...paths: (string | Uri)[]): void {
    editor.folders = paths.map((path, index) => {
      const uri = typeof path === "string" ? Uri.file(path) : path;
      return { uri, name: uri.path, index };
    });
    folderChanges.fire();
  },

  trust(): void {
    editor.trusted = true;
    trustGrants.fire();
  },
};

async function answer(offered: unknown): Promise<unknown> {
  return editor.answers.shift()?.(offered);
}

function show(severity: Shown["severity"]) {
  return (message: string, ...rest: unknown[]): Promise<unknown> => {
    const labels = rest.filter((item) => typeof item === "string");
    const options = rest.find((item) => typeof item === "object" && item !== null);
    const detail =
      options !== undefined && Object.hasOwn(options, "detail") ? String(Reflect.get(options, "detail")) : "";
    editor.shown.push({ severity, message, detail, labels });
    return answer(labels);
  };
}

export const window = {
  activeTextEditor: undefined,
  visibleTextEditors: [],
  tabGroups: {
    all: [],
    get activeTabGroup() {
      return { activeTab: editor.activeTab };
    },
    onDidChangeTabs: new EventEmitter<void>().event,
  },
  registerUriHandler: (handler: { handleUri(uri: Uri): unknown }) => {
    editor.uriHandler = handler;
    return new Disposable(() => undefined);
  },
  onDidChangeActiveTextEditor: new EventEmitter<void>().event,
  onDidChangeVisibleTextEditors: new EventEmitter<void>().event,
  showErrorMessage: show("error"),
  showWarningMessage: show("warning"),
  showInformationMessage: show("information"),
  showQuickPick: async (items: unknown) => answer(await items),
  showInputBox: (options: unknown) => answer(options),
  showOpenDialog: (options: unknown) => answer(options),
  showSaveDialog: (options: unknown) => answer(options),
  withProgress: (_options: unknown, task: (progress: unknown, token: unknown) => unknown) =>
    Promise.resolve(
      task({ report: (value: unknown) => editor.progressReports.push(value) }, editor.progressToken.token),
    ),
};

export const workspace = {
  get workspaceFolders() {
    return editor.folders.length > 0 ? editor.folders : undefined;
  },
  get isTrusted() {
    return editor.trusted;
  },
  textDocuments: [],
  notebookDocuments: [],
  getConfiguration: (section: string) => ({
    get: (name: string, fallback?: unknown) => editor.settings.get(`${section}.${name}`) ?? fallback,
    inspect: (name: string) => ({ globalValue: editor.settings.get(`${section}.${name}`) }),
    update: async (name: string, value: unknown) => editor.set(`${section}.${name}`, value),
  }),
  onDidChangeConfiguration: configurationChanges.event,
  onDidChangeWorkspaceFolders: folderChanges.event,
  onDidGrantWorkspaceTrust: trustGrants.event,
  registerTextDocumentContentProvider: () => new Disposable(() => undefined),
  openTextDocument: async (uri: Uri) => {
    const text = readFileSync(uri.fsPath, "utf8");
    return { uri, getText: () => text };
  },
  fs: {
    createDirectory: async () => undefined,
    writeFile: async (uri: Uri, bytes: Uint8Array) => writeFileSync(uri.fsPath, bytes),
  },
};

export const commands = {
  executeCommand: async (...call: unknown[]) => {
    editor.executed.push(call);
  },
  registerCommand: (id: string, run: (...given: unknown[]) => unknown) => {
    editor.commands.set(id, run);
    return new Disposable(() => editor.commands.delete(id));
  },
};

export const extensions = {
  getExtension: (id: string) => editor.extensions.get(id),
};

export const env = {
  appName: "Test",
  uriScheme: "vscode",
  language: "en",
  uiKind: UIKind.Desktop,
  remoteName: undefined as string | undefined,
  openExternal: async () => true,
  clipboard: {
    writeText: async (text: string) => {
      editor.clipboard = text;
    },
  },
};

export const l10n = {
  t: (message: string, ...values: unknown[]) =>
    message.replace(/\{(\d+)\}/g, (whole, index: string) => String(values[Number(index)] ?? whole)),
};
