// @vitest-environment happy-dom
// When the page writes down where the reader is: the editor destroys a page that is hidden, and hears nothing it says then.
import { beforeEach, expect, test, vi } from "vitest";
import { Bridge } from "../../../extension/src/page/bridge";
import { ReplayStore } from "../../../extension/src/page/store/replayStore";
import { OPEN } from "./smallSession";

let bridge: Bridge;
let store: ReplayStore;
/** What the page told the editor, in order: places that it keeps for it, and requests. */
let told: unknown[];

beforeEach(() => {
  vi.useFakeTimers();
  told = [];
  vi.stubGlobal("acquireVsCodeApi", () => ({
    getState: () => undefined,
    setState: ({ position }: { position: { index: number } }) => told.push(position.index),
    postMessage: ({ method }: { method?: string }) => told.push(method),
  }));
  bridge = new Bridge(
    (snapshot) => store.receive(snapshot),
    () => store.saveNow(),
  );
  store = new ReplayStore(bridge);
  store.receive(OPEN);
  return () => vi.useRealTimers();
});

test.each([
  ["act", { deed: "compareEdit", index: 4, field: 0, file: 0 }],
  ["openFound", { path: "a.py", line: 1 }],
  ["openParent", {}],
  ["openSubAgent", { task: "", told: "" }],
] as const)("where the reader is, is kept before %s may put another tab in front", (method, params) => {
  store.layout.hold({ kind: "row", index: 4, offset: 0 });
  told = [];
  void bridge.request(method, params);
  expect(told).toEqual([4, method]);
});

test("whoever goes to another tab loses at most a tenth of a second of their way", () => {
  told = [];
  store.layout.hold({ kind: "row", index: 3, offset: 0 });
  store.layout.hold({ kind: "row", index: 4, offset: 0 });
  vi.advanceTimersByTime(100);
  expect(told.filter((each) => typeof each === "number")).toEqual([4]);
});
