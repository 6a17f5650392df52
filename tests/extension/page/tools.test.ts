import { expect, test } from "vitest";
import { todosBefore } from "../../../extension/src/page/store/todosBefore";
import { diffOf } from "../../../extension/src/page/tools/diffLines";
import { changesIn } from "../../../extension/src/page/tools/edits";
import { fieldsOf, others } from "../../../extension/src/page/tools/fields";
import { callModelOf, resultModelOf } from "../../../extension/src/page/tools/models";
import { numberedLinesOf } from "../../../extension/src/page/tools/numbered";
import { outcomeOf, plannedOutcome } from "../../../extension/src/page/tools/outcome";
import { shellResultOf } from "../../../extension/src/page/tools/shell";
import { changesSince, todoProgress, todosIn } from "../../../extension/src/page/tools/todos";
import type { ToolCall } from "../../../extension/src/protocol/messages";
import { event, record } from "./records";

const text = (value: string, totalChars = value.length) => ({ value, totalChars });
const call = (action: ToolCall["action"], change: Partial<ToolCall> = {}): ToolCall => ({
  ...{ callId: "1", name: "tool", target: "", action, paths: [], ...change },
});
const signs = { same: " ", added: "+", removed: "-", gap: "~" } as const;
const shown = (lines: readonly { kind: keyof typeof signs; text: string }[]) =>
  lines.map((line) => signs[line.kind] + line.text);

test("a tool's input is told argument by argument when it is an object, and not torn apart when it isn't", () => {
  expect(others(fieldsOf('{"a":"x","b":[1]}') ?? {}, [])).toEqual([
    ["a", "x"],
    ["b", "[\n  1\n]"],
  ]);
  for (const other of ["[1]", '"x"', "{", "", "null"]) {
    expect(fieldsOf(other)).toBeUndefined();
  }
});

test.each([
  ['{"command":"npm test","description":"Run them"}', "npm test"],
  ['{"cmd":"npm test"}', "npm test"],
  ['{"command":["bash","-lc","npm test"]}', "npm test"],
  ['{"command":["npm","test"]}', "npm test"],
])("a command is told as it was typed: %s", (args, code) => {
  expect(callModelOf(call("shell"), args)).toMatchObject({ kind: "shell", command: { code } });
});

test("a command's other arguments are told too", () => {
  const model = callModelOf(call("shell"), '{"command":"ls","timeout":5}');
  expect(model).toMatchObject({ kind: "shell", rest: [["timeout", "5"]] });
});

test.each([
  ["plain\ntext", "plain\ntext", undefined],
  ["Exit code 2\nboom", "boom", 2],
  ["Exit code: 0\nWall time: 0.1 seconds\nOutput:\nhello\n", "hello\n", 0],
  ["Chunk ID: a1\nWall time: 0.5 seconds\nProcess exited with code 3\nOutput:\nx", "x", 3],
  ['{"output":"hi","exit_code":1,"error":null}', "hi", 1],
  ['{"output":"hi","metadata":{"exit_code":4}}', "hi", 4],
  ["1 failing\n\nexit_code: 1", "1 failing", 1],
  ["exit_code: -15", "", -15],
  ["It says exit_code: 1", "It says exit_code: 1", undefined],
  ["Wall time is money\nsaid he", "Wall time is money\nsaid he", undefined],
])("an output is told apart from what the agent says about it: %j", (said, output, exitCode) => {
  expect(shellResultOf(said)).toMatchObject({ output, exitCode });
});

test("lines of a file come with their numbers, and the agent's remarks below them", () => {
  expect(numberedLinesOf("     9\tone\n    10\ttwo\n\n<reminder>")).toEqual({
    ...{ first: 9, lines: ["one", "two"], remark: "<reminder>" },
  });
  expect(numberedLinesOf("  1→a\n  2→")).toMatchObject({ first: 1, lines: ["a", ""] });
  expect(numberedLinesOf("3 apples")).toBeUndefined();
  expect(numberedLinesOf("")).toBeUndefined();
});

test("an edit is told as the lines that went and came, of any agent's naming", () => {
  for (const [before, after] of [
    ["old_string", "new_string"],
    ["oldText", "newText"],
    ["old_str", "new_str"],
  ] as const) {
    const args = JSON.stringify({ path: "a.ts", [before]: "one\ntwo\nthree", [after]: "one\n2\nthree" });
    const [change] = changesIn(args, "edit");
    expect(change?.path).toBe("a.ts");
    expect(shown(change?.lines ?? [])).toEqual([" one", "-two", "+2", " three"]);
  }
});

test("several edits of one call are told one by one", () => {
  const edits = [
    { old_string: "a", new_string: "b" },
    { old_string: "c", new_string: "" },
  ];
  const changes = changesIn(JSON.stringify({ file_path: "x", edits }), "edit");
  expect(changes.map((change) => shown(change.lines))).toEqual([["-a", "+b"], ["-c"]]);
});

test("a written file is all new, with its line numbers", () => {
  const [change] = changesIn('{"file_path":"a","content":"x\\ny\\n"}', "write");
  expect(change?.lines.map((line) => [line.text, line.after])).toEqual([
    ["x", 1],
    ["y", 2],
  ]);
});

const CODEX_PATCH = `*** Begin Patch
*** Update File: a.py
*** Move to: b.py
@@ def f():
-    return 1
+    return 2
@@
 x
--- y
*** Add File: c.txt
+hello
*** Delete File: d.txt
*** End Patch`;

test("Codex's patches are told file by file, bare or as an argument", () => {
  for (const said of [CODEX_PATCH, JSON.stringify({ input: CODEX_PATCH })]) {
    const changes = changesIn(said, "edit");
    expect(changes.map(({ path, movedTo, kind }) => [path, movedTo, kind])).toEqual([
      ["a.py", "b.py", "edited"],
      ["c.txt", "", "created"],
      ["d.txt", "", "deleted"],
    ]);
    expect(shown(changes[0]?.lines ?? [])).toEqual(["-    return 1", "+    return 2", "~", " x", "--- y"]);
  }
});

test("a unified diff keeps its line numbers, and no line is taken for a heading", () => {
  const patch = "--- a/x.sql\n+++ b/x.sql\n@@ -7,2 +7,2 @@\n keep\n--- old comment\n+-- new comment\n";
  const [change] = changesIn(JSON.stringify({ patch }), "edit");
  expect(change?.path).toBe("x.sql");
  expect(change?.lines.map((line) => [line.kind, line.text, line.before, line.after])).toEqual([
    ["same", "keep", 7, 7],
    ["removed", "-- old comment", 8, null],
    ["added", "-- new comment", null, 8],
  ]);
});

test("texts that are too different to compare are told as gone and come, in time", () => {
  const noise = (seed: number) => Array.from({ length: 20_000 }, (_, i) => String((i * seed) % 99_991)).join("\n");
  const began = performance.now();
  const lines = diffOf(noise(7919), noise(104_729), false);
  expect(performance.now() - began).toBeLessThan(3000);
  expect(lines.filter((line) => line.kind === "removed").length).toBeGreaterThan(0);
});

test.each([
  ['{"todos":[{"content":"a","status":"completed"},{"content":"b","status":"in_progress"},{"content":"c"}]}'],
  ['{"plan":[{"step":"a","status":"completed"},{"step":"b","status":"in_progress"},{"step":"c","status":"pending"}]}'],
])("a to-do list is told with the state of each item: %s", (args) => {
  const todos = todosIn(fieldsOf(args) ?? {});
  expect(todos).toEqual([
    { text: "a", state: "done" },
    { text: "b", state: "active" },
    { text: "c", state: "open" },
  ]);
  expect(todoProgress(todos)).toBe("1 of 3 done");
});

test("what a tool does decides how its call is shown, and what can't be read is shown as it is", () => {
  expect(callModelOf(call("plan"), '{"plan":"# Do it"}')).toMatchObject({ kind: "prose", markdown: "# Do it" });
  expect(callModelOf(call("search"), '{"pattern":"x","path":"src"}')).toMatchObject({ pattern: "x", within: "src" });
  expect(callModelOf(call("fetch"), '{"url":"https://a.example"}')).toMatchObject({ address: "https://a.example" });
  expect(callModelOf(call("read", { paths: ["a"] }), '{"file_path":"a","offset":10,"limit":5}')).toMatchObject({
    range: "lines 10 to 14",
  });
  const questions = '{"questions":[{"question":"Which?","options":[{"label":"A","description":"first"}]}]}';
  expect(callModelOf(call("ask"), questions)).toEqual({
    ...{ kind: "questions", questions: [{ text: "Which?", choices: ["A: first"] }] },
  });
  for (const action of ["shell", "read", "edit", "write", "search", "todo", "plan", "fetch", "ask", "other"] as const) {
    expect(callModelOf(call(action), "not JSON").kind).toBe("other");
    expect(callModelOf(call(action), '{"command":7,"todos":"x","plan":{},"url":[],"content":1}').kind).toBe("other");
  }
});

test("a result is shown by what its call did", () => {
  expect(resultModelOf(call("shell"), "Exit code 1\nx").kind).toBe("shell");
  expect(resultModelOf(call("read", { paths: ["a.py"] }), "1\tx\n2\ty")).toMatchObject({ language: "py" });
  expect(resultModelOf(call("agent"), "**done**")).toEqual({ kind: "prose", markdown: "**done**" });
  expect(resultModelOf(undefined, "1\tx\n2\ty").kind).toBe("other");
});

test("a call's line tells what came of it", () => {
  const shell = event({ kind: "toolCall", tool: call("shell") });
  const result = (value: string, isError = false) => event({ kind: "toolResult", text: text(value), isError });
  expect(outcomeOf(shell, result("Exit code 2\nx", true))).toEqual({ text: "exit 2", isBad: true });
  expect(outcomeOf(shell, result("no", true))).toEqual({ text: "failed", isBad: true });
  expect(outcomeOf(shell, result("a\nb"))).toEqual({ text: "2 lines", isBad: false });
  const told = "Wall time: 0.1 seconds\nProcess exited with code 0\nOutput:\na\nb\nc\n";
  expect(outcomeOf(shell, result(told)), "only the output counts").toEqual({ text: "3 lines", isBad: false });
});

test("an edit's line tells how much it changed, and nothing when its arguments were cut", () => {
  const args = '{"file_path":"a","old_string":"x\\ny","new_string":"x\\nz\\nw"}';
  expect(plannedOutcome(event({ kind: "toolCall", tool: call("edit"), text: text(args) }))).toBe("+2 −1");
  expect(plannedOutcome(event({ kind: "toolCall", tool: call("edit"), text: text(args, 99_999) }))).toBe("");
});

test.each([
  [
    "Command: make\nDirectory: (root)\nOutput: broken\nand so\nError: (none)\nExit Code: 2\nSignal: 0",
    "broken\nand so",
    2,
  ],
  ["Output: Exit Code: 3\nfine\nProcess Group PGID: 77", "Exit Code: 3\nfine", undefined],
  ["Output: (empty)\nError: no such file\nExit Code: 1", "no such file", 1],
  ["Output: all of it", "all of it", undefined],
])("an output between labels is told apart from them: %j", (said, output, exitCode) => {
  expect(shellResultOf(said)).toMatchObject({ output, exitCode });
});

test("a result that is an object tells what it says in words, and the rest of it by name", () => {
  const fetched = { url: "https://example.com", status: 200, text: "# A lexer" };
  expect(resultModelOf(call("fetch"), JSON.stringify(fetched))).toEqual({
    ...{
      kind: "fields",
      markdown: "# A lexer",
      rest: [
        ["url", "https://example.com"],
        ["status", "200"],
      ],
    },
  });
  const told = { results: [{ status: "completed", summary: "Two uses." }, { summary: "None." }] };
  expect(resultModelOf(call("agent"), JSON.stringify(told))).toEqual({
    ...{ kind: "fields", markdown: "Two uses.\n\nNone.", rest: [] },
  });
  expect(resultModelOf(call("other"), '{"ok":true}')).toMatchObject({ kind: "fields", rest: [["ok", "true"]] });
  expect(resultModelOf(call("other"), '{"ok":')).toEqual({ kind: "other" });
});

test("a list of to-dos tells what became of each since the one before, and a result that says it again says no more", () => {
  const listOf = (...states: readonly string[]) =>
    todosIn({ todos: states.map((status, number) => ({ content: `Item ${number}`, status })) });
  const before = listOf("in_progress", "pending", "completed", "pending");
  const after = listOf("completed", "in_progress", "pending", "pending", "pending", "cancelled");
  expect(changesSince(before, after)).toEqual(["done", "started", "reopened", undefined, "new", "dropped"]);
  expect(changesSince([], after)).toEqual(after.map(() => undefined));
  const todos = JSON.stringify({ todos: [{ content: "Find", status: "pending" }] });
  expect(resultModelOf(call("todo"), todos, todos)).toEqual({ kind: "same" });
  expect(resultModelOf(call("todo"), todos)).toMatchObject({ kind: "todos" });
});

test("a task that is named by its number is an item, too", () => {
  expect(todosIn({ taskId: "3", status: "in_progress" })).toEqual([{ text: "Task 3", state: "active" }]);
  expect(todosIn({ taskId: "3" })).toEqual([]);
});

test("the list before is the newest earlier one of the same tool", () => {
  const listed = (index: number, content: string, name = "TodoWrite") =>
    record(index, [
      event({
        ...{ kind: "toolCall", tool: call("todo", { name }), format: "json" },
        text: text(JSON.stringify({ todos: [{ content, status: "pending" }] })),
      }),
    ]);
  const records = [listed(0, "Old"), listed(1, "New"), listed(2, "Other", "update_plan"), record(3), listed(4, "Now")];
  const before = (index: number) =>
    todosBefore((at) => records[at], { index, field: 0 }, "TodoWrite").map((todo) => todo.text);
  expect([before(4), before(1), before(0)]).toEqual([["New"], ["Old"], []]);
});
