import { expect, test } from "vitest";
import { Arrivals } from "../../../extension/src/page/store/arrivals";
import { editorDeeds } from "../../../extension/src/page/store/deeds";
import type { ToolCall } from "../../../extension/src/protocol/messages";
import type { Snapshot } from "../../../extension/src/shared/messages";
import { event } from "./records";

const onDisk = { isFile: false, isOnDisk: true };

function call(action: ToolCall["action"], ...paths: string[]) {
  return event({ kind: "toolCall", tool: { callId: "c", name: "T", target: "", action, paths } });
}

function deedsOf(...[of, session = onDisk]: [Parameters<typeof editorDeeds>[0], typeof onDisk?]): string[] {
  return editorDeeds(of, session).map(({ deed, file }) => `${deed} ${file}`);
}

test("a call that changes a file offers its diff, one that reads it does not", () => {
  const always = ["openTranscript 0", "copyLink 0"];
  expect(deedsOf(call("edit", "a.py"))).toEqual(["compareEdit 0", "openFile 0", "showLine 0", "showSeen 0", ...always]);
  expect(deedsOf(call("read", "a.py"))).toEqual(["openFile 0", "showSeen 0", ...always]);
  expect(deedsOf(call("shell"))).toEqual(always);
  expect(deedsOf(event())).toEqual(always);
});

test("files of one call are told apart by name, and many of them don't flood the menu", () => {
  const words = editorDeeds(call("read", "/x/a.py", "C:\\x\\b.py"), onDisk).map((each) => each.words);
  expect(words).toContain("Open file · a.py");
  expect(words).toContain("Open file · b.py");
  const many = deedsOf(call("edit", ...Array.from({ length: 30 }, (_, number) => `${number}.py`)));
  expect(many.length).toBeLessThan(20);
});

test("a mirror has no transcript to open, and a file that was opened by its path no link", () => {
  expect(deedsOf(event(), { isFile: false, isOnDisk: false })).toEqual(["copyLink 0"]);
  expect(deedsOf(event(), { isFile: true, isOnDisk: true })).toEqual(["openTranscript 0"]);
});

test("a place is gone to once, as soon as it is there", () => {
  const shown: number[] = [];
  const arrived: number[] = [];
  const arrivals = new Arrivals({ show: (index) => shown.push(index), arrived: (id) => arrived.push(id) });
  const say = (id: number, index: number, recordCount: number | null): void =>
    arrivals.take({ goTo: { id, index }, info: recordCount === null ? null : { recordCount } } as Snapshot);
  say(1, 5, null);
  say(1, 5, 5);
  expect(shown).toEqual([]);
  say(1, 5, 6);
  say(1, 5, 7);
  say(2, 0, 7);
  expect([shown, arrived]).toEqual([
    [5, 0],
    [1, 2],
  ]);
});
