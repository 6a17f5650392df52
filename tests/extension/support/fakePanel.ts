import { EventEmitter, type Uri } from "./vscode";

/** A tab as the editor would make it. */
export class FakePanel {
  title = "";
  iconPath: unknown;
  visible = true;
  active = false;
  reveals = 0;
  isDisposed = false;
  readonly posted: { type: string; clientId: string; [field: string]: unknown }[] = [];
  private readonly messages = new EventEmitter<unknown>();
  private readonly viewStates = new EventEmitter<void>();
  private readonly disposals = new EventEmitter<void>();
  readonly onDidChangeViewState = this.viewStates.event;
  readonly onDidDispose = this.disposals.event;
  readonly webview = {
    html: "",
    options: {},
    cspSource: "https://csp.example",
    asWebviewUri: (uri: Uri) => uri,
    onDidReceiveMessage: this.messages.event,
    postMessage: async (message: FakePanel["posted"][number]) => this.posted.push(message),
  };

  say(message: unknown): void {
    this.messages.fire(message);
  }

  show(visible: boolean): void {
    this.visible = visible;
    this.viewStates.fire();
  }

  reveal(): void {
    this.reveals += 1;
  }

  dispose(): void {
    this.isDisposed = true;
    this.disposals.fire();
  }

  get snapshots() {
    return this.posted.filter(({ type }) => type === "snapshot");
  }
}
