/**
 * All that stands in the page's document: it runs the page's script, which the host sends beside it. The editor reads and
 * writes a document several times before it is shown, and a message only once.
 */

import type { CodeMessage, PageMessage } from "../shared/messages";

interface VsCodeApi {
  postMessage(message: PageMessage): void;
}

declare global {
  var acquireVsCodeApi: () => VsCodeApi;
}

const ASK_AGAIN_MS = 1000;

const id = document.getElementById("root")?.dataset["token"] ?? "";
const nonce = document.currentScript?.nonce ?? "";
const api = acquireVsCodeApi();
// The editor gives it away once, and the page asks for it, too.
globalThis.acquireVsCodeApi = () => api;

const onMessage = ({ data }: MessageEvent<unknown>): void => {
  if (isCode(data)) {
    removeEventListener("message", onMessage);
    clearInterval(asking);
    const script = document.createElement("script");
    script.nonce = nonce;
    script.textContent = new TextDecoder().decode(data.code);
    document.body.append(script);
  }
};

/** The id is known to the host alone. */
function isCode(message: unknown): message is CodeMessage {
  const { type, clientId, code } = (message ?? {}) as Partial<CodeMessage>;
  return type === "code" && clientId === id && ArrayBuffer.isView(code);
}

function ask(): void {
  api.postMessage({ type: "loading", clientId: id });
}

addEventListener("message", onMessage);
const asking = setInterval(ask, ASK_AGAIN_MS);
ask();
