/** One replay tab: carries messages between its page and the session behind it. */

import { randomBytes } from "node:crypto";
import * as vscode from "vscode";
import { oneLine, spelledOut } from "../host/format";
import { showError } from "../host/notify";
import { isPageMessage } from "../shared/guards";
import type { CodeMessage, HostMessage, PageRequest, ReplayTarget, Snapshot } from "../shared/messages";
import type { SavedPosition } from "../shared/pageState";
import { openFile } from "./deeds";
import type { ReplayDeps } from "./deps";
import { FirstRecords } from "./firstRecords";
import { saveImage } from "./imageFile";
import { pageHtml } from "./pageHtml";
import { callIn } from "./parentCall";
import { problemOf, ReplaySession } from "./replaySession";
import { seek } from "./seeking";
import { type SubAgentHints, subAgentOf } from "./subAgents";

const TAB_TITLE_LENGTH = 40;
/** After the page began. The editor fetches the icon and draws its tabs anew, which would put the first events off. */
const ICON_AFTER_MS = 500;

/** The page loads nothing: its document and messages bring all of it. */
export const WEBVIEW_OPTIONS: vscode.WebviewOptions = {
  enableScripts: true,
  enableForms: false,
  localResourceRoots: [],
};

/** Tabs are not cut by the editor: a long prompt as a title would push all others away. */
function tabTitle(title: string): string {
  return oneLine(title, TAB_TITLE_LENGTH);
}

export class ReplayPanel {
  readonly #session: ReplaySession;
  /** The load of the page that said it is ready; messages for any other are worth nothing. */
  #clientId: string | undefined;
  /** What any load of the document knows. */
  readonly #documentId = randomBytes(18).toString("base64url");
  /** Nothing but the script was sent yet, and nobody is ready: the editor holds back what is sent so early. */
  #isFresh = true;
  /** The first load of the document needn't ask for it. */
  #isScriptSent = false;
  #iconTimer: NodeJS.Timeout | undefined;
  readonly #first: FirstRecords;
  /** The page was hidden when the snapshot last changed. */
  #snapshotDue = false;

  constructor(
    private readonly deps: ReplayDeps,
    private readonly panel: vscode.WebviewPanel,
    readonly target: ReplayTarget,
    onDispose: (panel: ReplayPanel) => void,
    private readonly openOther: (target: ReplayTarget) => Promise<ReplaySession>,
    position?: SavedPosition,
  ) {
    this.#session = new ReplaySession(deps.helper, target, (snapshot) => this.#onSnapshot(snapshot), {
      path: deps.openedFiles.pathOf(target),
      leftAt: deps.leftPlaces.of(target),
    });
    this.#first = new FirstRecords(
      { request: (params) => this.#session.window(params), onSettled: () => this.#flush() },
      position,
    );
    const { webview } = panel;
    webview.options = WEBVIEW_OPTIONS;
    webview.onDidReceiveMessage((message: unknown) => this.#onMessage(message));
    panel.onDidChangeViewState(() => {
      // What is held back for a page is lost with it, and the editor takes hidden ones away.
      this.#isScriptSent = this.#isScriptSent && panel.visible;
      this.#flush();
    });
    panel.onDidDispose(() => {
      clearTimeout(this.#iconTimer);
      this.#session.dispose();
      onDispose(this);
    });
    panel.title = tabTitle(target.title);
    webview.html = pageHtml({
      code: deps.pageCode(),
      nonce: randomBytes(18).toString("base64url"),
      token: this.#documentId,
      title: target.title,
      habits: deps.habits.current,
    });
    if (panel.visible) {
      this.#isScriptSent = true;
      this.#sendScript();
    }
  }

  /** Resolves when the session is open or has failed to; the page tells which. */
  open(): Promise<void> {
    return this.#session.open();
  }

  get isActive(): boolean {
    return this.panel.active;
  }

  get session(): ReplaySession {
    return this.#session;
  }

  /** Shows a line of the stream; rejects where there is none. */
  async goTo(line: number): Promise<void> {
    await this.#session.goTo(line);
  }

  reveal(): void {
    this.panel.reveal();
  }

  /** Releases the session; the tab itself stays. */
  dispose(): void {
    this.#session.dispose();
  }

  #onSnapshot(snapshot: Snapshot): void {
    const title = tabTitle(snapshot.info?.title ?? "");
    if (title && title !== this.panel.title) {
      this.panel.title = title;
    }
    if (snapshot.problem !== null) {
      this.deps.log.warn(
        `Replay of ${snapshot.target.harness} session ${snapshot.target.sessionId}: ${snapshot.problem.message}`,
      );
    }
    this.#first.read(snapshot);
    this.#snapshotDue = true;
    this.#flush();
  }

  /** A hidden page gets only the newest snapshot, once it is seen again. */
  #flush(): void {
    const { snapshot } = this.#session;
    const clientId = this.#clientId ?? (snapshot.phase === "open" && this.#isFresh ? this.#documentId : undefined);
    if (this.#snapshotDue && clientId !== undefined && this.panel.visible && !this.#first.isPending) {
      this.#snapshotDue = false;
      this.#isFresh = false;
      this.#post({ type: "snapshot", clientId, snapshot, records: this.#first.take(snapshot) });
    }
  }

  #onMessage(message: unknown): void {
    if (!isPageMessage(message)) {
      this.deps.log.warn("The replay page sent a message that can't be read; it was ignored.");
      return;
    }
    if (message.type === "loading") {
      this.#onLoading(message.clientId);
      return;
    }
    if (message.type === "ready") {
      this.#clientId = message.clientId;
      this.#iconTimer ??= setTimeout(() => this.#setIcon(), ICON_AFTER_MS);
      this.#snapshotDue = true;
      this.#flush();
      return;
    }
    if (message.clientId !== this.#clientId) {
      return;
    }
    if (message.type === "retry") {
      void this.#session.open();
      return;
    }
    if (message.type === "arrived") {
      this.#session.arrived(message.goTo);
      return;
    }
    if (message.type === "prefer") {
      void this.deps.habits.change(message.habits);
      return;
    }
    if (message.type === "left") {
      this.deps.leftPlaces.note(this.target, message.line);
      return;
    }
    if (message.type === "goBack") {
      void this.#goBack();
      return;
    }
    void this.#respond(message);
  }

  #setIcon(): void {
    const icon = (theme: string) => vscode.Uri.joinPath(this.deps.extensionUri, "media", `replay-${theme}.svg`);
    this.panel.iconPath = { light: icon("light"), dark: icon("dark") };
  }

  #onLoading(documentId: string): void {
    if (this.#isScriptSent) {
      this.#isScriptSent = false;
    } else if (documentId === this.#documentId) {
      this.#sendScript();
    }
  }

  #sendScript(): void {
    this.#post({ type: "code", clientId: this.#documentId, code: this.deps.pageCode().script });
  }

  async #respond(request: PageRequest): Promise<void> {
    const { clientId, id } = request;
    try {
      this.#post({ type: "response", clientId, id, ok: true, result: await this.#answer(request) });
    } catch (error) {
      this.#post({ type: "response", clientId, id, ok: false, problem: problemOf(error) });
    }
  }

  #answer(request: PageRequest): Promise<unknown> {
    switch (request.method) {
      case "window":
        return this.#session.window(request.params);
      case "text":
        return this.#session.text(request.params);
      case "raw":
        return this.#session.raw(request.params);
      case "image":
        return this.#session.image(request.params);
      case "attachment":
        return this.#session.attachment(request.params);
      case "statistics":
        return this.#session.statistics();
      case "turns":
        return this.#session.turns(request.params.start);
      case "files":
        return this.#session.files(request.params);
      case "search":
        return this.#session.search(request.params);
      case "filter":
        return this.#session.filter(request.params);
      case "subAgents":
        return this.#session.subAgents(request.params);
      case "jump":
        return this.#session.jump(request.params);
      case "work":
        return this.#session.work(request.params);
      case "timeline":
        return this.#session.timeline(request.params);
      case "seek":
        return seek(this.#session, request.params);
      case "openSubAgent":
        return this.#openSubAgent(request.params);
      case "openParent":
        return this.#openParent();
      case "act":
        return this.deps.deeds.run(this.#session, request.params).then((done) => ({ done }));
      case "openFound":
        return openFile(this.#session, request.params).then((done) => ({ done }));
      case "saveImage":
        return saveImage(this.#session, request.params).then((saved) => ({ saved }));
      case "openExternal":
        return this.#openExternal(request.params.url);
    }
  }

  async #openParent(): Promise<{ readonly opened: boolean }> {
    const parentId = this.#session.snapshot.info?.parentId ?? null;
    if (parentId === null) {
      return { opened: false };
    }
    const { harness, origin } = this.target;
    const known = this.deps.sessions().find((each) => each.harness === harness && each.sessionId === parentId);
    const parent = await this.openOther({ harness, sessionId: parentId, title: known?.title ?? parentId, origin });
    const index = await callIn(parent, this.target.sessionId, this.#session).catch(() => undefined);
    if (index !== undefined) {
      parent.goToRecord(index);
    }
    return { opened: true };
  }

  /** To where the reader left the session; it may have been begun anew since. */
  async #goBack(): Promise<void> {
    const line = this.#session.snapshot.leftAt;
    if (line !== undefined) {
      await this.#session.goTo(line).catch((error: unknown) => showError(problemOf(error).message));
    }
  }

  async #openSubAgent(hints: SubAgentHints): Promise<{ readonly opened: boolean }> {
    const found = subAgentOf(this.target, this.deps.sessions(), hints);
    if (found === undefined) {
      return { opened: false };
    }
    const { harness, sessionId, title } = found;
    await this.openOther({ harness, sessionId, title, origin: this.target.origin });
    return { opened: true };
  }

  /** The address is a transcript's word: nothing is opened before the reader has seen it whole and agreed. */
  async #openExternal(url: string): Promise<{ readonly opened: boolean }> {
    const open = "Open";
    const choice = await vscode.window.showWarningMessage(
      "Open this address from the session in your browser?",
      { modal: true, detail: spelledOut(url) },
      open,
    );
    return { opened: choice === open && (await vscode.env.openExternal(vscode.Uri.parse(url, true))) };
  }

  #post(message: HostMessage | CodeMessage): void {
    // A page that was closed meanwhile has no use for it.
    this.panel.webview.postMessage(message).then(undefined, () => undefined);
  }
}
