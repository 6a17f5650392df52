// @vitest-environment jsdom
// The only script in the page's document: it runs what the host sends, and nothing that anybody else does.

import { afterEach, beforeEach, expect, test, vi } from "vitest";

const SCRIPT = "globalThis.ran = (globalThis.ran ?? 0) + 1;";

let said: unknown[];

beforeEach(async () => {
  vi.useFakeTimers();
  vi.resetModules();
  said = [];
  document.body.innerHTML = '<div id="root" data-token="the document"></div>';
  vi.stubGlobal(
    "acquireVsCodeApi",
    vi.fn().mockReturnValueOnce({ postMessage: (message: unknown) => said.push(message) }),
  );
  vi.spyOn(document, "currentScript", "get").mockReturnValue(scriptOf("the nonce"));
  await import("../../../extension/src/page/loader");
});

afterEach(() => {
  vi.useRealTimers();
  vi.unstubAllGlobals();
  vi.restoreAllMocks();
});

function scriptOf(nonce: string): HTMLScriptElement {
  const script = document.createElement("script");
  script.nonce = nonce;
  return script;
}

function tell(message: unknown): void {
  dispatchEvent(new MessageEvent("message", { data: message }));
}

function scripts(): readonly HTMLScriptElement[] {
  return [...document.querySelectorAll("script")];
}

const code = { type: "code", clientId: "the document", code: new TextEncoder().encode(SCRIPT) };

test("it asks until the script is there, and runs that once, under the document's nonce", () => {
  expect(said).toEqual([{ type: "loading", clientId: "the document" }]);
  vi.advanceTimersByTime(1000);
  expect(said).toHaveLength(2);
  tell(code);
  tell(code);
  expect(scripts().map(({ nonce, textContent }) => [nonce, textContent])).toEqual([["the nonce", SCRIPT]]);
  vi.advanceTimersByTime(5000);
  expect(said).toHaveLength(2);
});

test("what doesn't bear the document's id, or is no script, is not run", () => {
  const others = [
    { clientId: "another" },
    { clientId: undefined },
    { type: "snapshot" },
    { code: SCRIPT },
    { code: null },
  ];
  for (const change of others) {
    tell({ ...code, ...change });
  }
  tell(null);
  tell("code");
  expect(scripts()).toEqual([]);
});

test("the page gets the way out that the editor gives away once", () => {
  const { acquireVsCodeApi } = globalThis as unknown as { acquireVsCodeApi: () => { postMessage: unknown } };
  expect(acquireVsCodeApi()).toBe(acquireVsCodeApi());
  expect(acquireVsCodeApi().postMessage).toBeTypeOf("function");
});
