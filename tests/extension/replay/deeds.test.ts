import { mkdirSync, mkdtempSync, realpathSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { beforeEach, expect, test } from "vitest";
import { Deeds, openFile } from "../../../extension/src/replay/deeds";
import { ReplaySession } from "../../../extension/src/replay/replaySession";
import { SEEN_SCHEME, seenFileOf } from "../../../extension/src/replay/seenAddress";
import { SeenDocuments } from "../../../extension/src/replay/seenDocuments";
import type { DeedRequest, ReplayTarget } from "../../../extension/src/shared/messages";
import { FakeClient } from "../support/fakeClient";
import { editor, Uri } from "../support/vscode";

const target: ReplayTarget = { harness: "claude-code", sessionId: "s1", title: "My session", origin: "auto" };
const revealed: string[] = [];
const deeds = new Deeds({
  extensionId: "session-mirror.session-mirror",
  revealFile: async (path) => {
    revealed.push(path);
  },
});

let home: string;
let told: { path: string; mark: string; isWhole: boolean; canCompare: boolean; isCut: boolean; text: string };
let transcript: { transcript: string | null; transcriptLine: number | null };
let client: FakeClient;

beforeEach(() => {
  editor.reset();
  revealed.length = 0;
  home = realpathSync(mkdtempSync(join(tmpdir(), "deeds-")));
  mkdirSync(join(home, "orbit"));
  told = { path: "parser.py", mark: "x = 2", isWhole: true, canCompare: true, isCut: false, text: "x = 2\n" };
  transcript = { transcript: "/home/ada/.claude/s1.jsonl", transcriptLine: 12 };
  editor.setFolders(join(home, "orbit"));
  client = new FakeClient({
    "sessionMirror/replay/open": () => ({
      ...{ replayId: "r1", origin: "disk", title: "My session", cwd: join(home, "orbit"), recordCount: 50 },
      ...{ totalBytes: 50, isLive: false, redacted: false, problem: null, missingBytes: 0, analysedCount: 0 },
      ...{ standing: "current", machine: null, harness: "claude-code", parentId: null },
    }),
    "sessionMirror/replay/close": () => ({}),
    "sessionMirror/replay/place": ({ index }) => ({ index: index ?? 0, line: (index ?? 0) + 2, ...transcript }),
    "sessionMirror/replay/file": ({ moment, offset }) => {
      const text = [...(moment === "before" ? "x = 1\n" : told.text)];
      const { text: _, ...rest } = told;
      return {
        ...rest,
        offset,
        value: text.slice(offset, offset + 4).join(""),
        totalChars: text.length,
        editNumber: 3,
      };
    },
  });
});

function run(deed: DeedRequest["deed"], of: ReplayTarget = target): Promise<boolean> {
  const session = new ReplaySession(client, of, () => undefined, { path: "/home/ada/s.jsonl" });
  return deeds.run(session, { deed, index: 10, field: 1, file: 0 }).finally(() => session.dispose());
}

function openedDocuments(): Uri[] {
  return editor.executed.flatMap((call) => call.filter((each) => each instanceof Uri));
}

test("an edit opens in the diff editor, named after its file and number", async () => {
  expect(await run("compareEdit")).toBe(true);
  const [command, before, after, title] = editor.executed[0] ?? [];
  expect([command, title]).toEqual(["vscode.diff", "parser.py (before edit 3) ↔ (after)"]);
  expect([before, after].map((uri) => uri instanceof Uri && uri.path.endsWith("/parser.py"))).toEqual([true, true]);
  expect(openedDocuments().map((uri) => [uri.scheme, seenFileOf(uri as never)?.moment])).toEqual([
    [SEEN_SCHEME, "before"],
    [SEEN_SCHEME, "after"],
  ]);
});

test("a diff of which only a part is known says so in its name", async () => {
  told = { ...told, isWhole: false };
  await run("compareEdit");
  expect(editor.executed[0]?.[3]).toBe("parser.py (before edit 3) ↔ (after), as far as it is known");
});

test("a write over what the session never saw is not shown as the file's first text", async () => {
  const answer = client.answers["sessionMirror/replay/file"];
  client.answers["sessionMirror/replay/file"] = async (params, onProgress) => {
    const page = await answer?.(params, onProgress);
    return { ...(page as NonNullable<typeof page>), isWhole: params.moment === "after" };
  };
  await run("compareEdit");
  expect(editor.executed[0]?.[3]).toContain("as far as it is known");
});

test("a document has all of the text, in however many pages and characters of whatever width", async () => {
  told = { ...told, text: "🙂🙂🙂 und noch viel mehr 🙂\n" };
  await run("showSeen");
  const session = new ReplaySession(client, target, () => undefined);
  const documents = new SeenDocuments({ withSession: (_target, use) => use(session) });
  const [uri] = openedDocuments();
  expect(await documents.provideTextDocumentContent(uri as never)).toBe(told.text);
});

test("an address that nobody here wrote is refused", async () => {
  const documents = new SeenDocuments({ withSession: () => Promise.reject(new Error("asked")) });
  for (const query of ["", "{", '{"line":-1}', '{"path":"/etc/passwd"}']) {
    const uri = Uri.from({ scheme: SEEN_SCHEME, path: "/x", query });
    await expect(documents.provideTextDocumentContent(uri as never)).rejects.toThrow("names no file");
  }
});

test("what is known only in parts or cut is said to be so, and what is not known at all is not shown", async () => {
  told = { ...told, isWhole: false, isCut: true };
  expect(await run("showSeen")).toBe(true);
  expect(editor.shown.map(({ message }) => message).join()).toMatch(/only parts.*10 million/);
  told = { ...told, text: "" };
  editor.executed.length = 0;
  expect(await run("showSeen")).toBe(false);
  expect(editor.executed).toEqual([]);
});

test("a file of the workspace opens at once, at the line that holds what was written", async () => {
  writeFileSync(join(home, "orbit/parser.py"), "import a\n\nx = 2\n");
  expect(await run("showLine")).toBe(true);
  expect(editor.executed).toMatchObject([
    ["vscode.open", { path: join(home, "orbit/parser.py") }, { selection: { start: { line: 2 } } }],
  ]);
  expect(editor.shown).toEqual([]);
});

test("a file of a session from elsewhere opens at the same place below the workspace's folder", async () => {
  writeFileSync(join(home, "orbit/parser.py"), "");
  client.answers["sessionMirror/replay/open"] = undefined as never;
  told = { ...told, path: "/home/grace/orbit/parser.py" };
  const session = new ReplaySession(client, target, () => undefined);
  Object.defineProperty(session, "snapshot", { value: { target, info: { cwd: "/home/grace/orbit" } } });
  Object.assign(session, {
    place: async () => ({ index: 0, line: 0, ...transcript }),
    file: async () => ({ ...told, offset: 0, value: "", totalChars: 0, editNumber: 1 }),
  });
  expect(await deeds.run(session, { deed: "openFile", index: 0, field: 0, file: 0 })).toBe(true);
  expect(openedDocuments()[0]?.path).toBe(join(home, "orbit/parser.py"));
});

test.each(["../secret.txt", "link/secret.txt", "whole"])(
  "a file outside of the workspace opens only after the reader saw its path and agreed: %s",
  async (path) => {
    const secret = join(home, "secret.txt");
    writeFileSync(secret, "x");
    symlinkSync(home, join(home, "orbit/link"));
    told = { ...told, path: path === "whole" ? secret : path };
    expect(await run("openFile")).toBe(false);
    expect(editor.executed).toEqual([]);
    expect(editor.shown[0]?.detail).toContain("secret.txt");
    editor.answers.push(() => "Open");
    expect(await run("openFile")).toBe(true);
    expect(openedDocuments()).toHaveLength(1);
  },
);

test("a path that a search printed opens at its line, where the host's own look at it lets it", async () => {
  writeFileSync(join(home, "orbit", "a.py"), "x\n");
  writeFileSync(join(home, "secret.txt"), "x\n");
  const session = new ReplaySession(client, target, () => undefined);
  await session.place({ index: 0 });
  expect(await openFile(session, { path: "a.py", line: 7 })).toBe(true);
  expect(await openFile(session, { path: "a.py", line: null })).toBe(true);
  expect(editor.executed.map(([, , options]) => options)).toMatchObject([
    { selection: { start: { line: 6 } } },
    { preview: true },
  ]);
  expect(await openFile(session, { path: "../secret.txt", line: 1 }), "nobody agreed").toBe(false);
  expect(openedDocuments().map(({ path }) => path)).toEqual(Array(2).fill(join(home, "orbit", "a.py")));
  session.dispose();
});

test("a file that is gone is said to be gone", async () => {
  expect(await run("openFile")).toBe(false);
  expect(editor.shown[0]?.message).toContain("parser.py is not on this machine");
});

test("a transcript opens at the record's own line, and one that no editor can read is revealed", async () => {
  expect(await run("openTranscript")).toBe(true);
  expect(editor.executed).toMatchObject([
    ["vscode.open", { path: transcript.transcript }, { selection: { start: { line: 12 } } }],
  ]);
  transcript = { transcript: "/home/ada/.codex/s1.jsonl.zst", transcriptLine: 12 };
  await run("openTranscript");
  expect(revealed).toEqual(["/home/ada/.codex/s1.jsonl.zst"]);
  transcript = { transcript: null, transcriptLine: null };
  expect(await run("openTranscript")).toBe(false);
});

test("a link leads to the record's line, and none to a file that was opened by its path", async () => {
  expect(await run("copyLink")).toBe(true);
  expect(editor.clipboard).toBe("vscode://session-mirror.session-mirror/replay?harness=claude-code&session=s1&line=13");
  editor.clipboard = "";
  expect(await run("copyLink", { ...target, origin: "file" })).toBe(false);
  expect(editor.clipboard).toBe("");
});
