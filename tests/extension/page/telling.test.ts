import { expect, test } from "vitest";
import { changesIn } from "../../../extension/src/page/tools/edits";
import { resultModelOf } from "../../../extension/src/page/tools/models";
import { outcomeOf, sizeOf } from "../../../extension/src/page/tools/outcome";
import { shellResultOf } from "../../../extension/src/page/tools/shell";
import { tellingLine } from "../../../extension/src/page/tools/telling";
import { todosInResult } from "../../../extension/src/page/tools/todos";
import { firstUntagged, unwrapped } from "../../../extension/src/page/tools/wrappers";
import type { ToolCall } from "../../../extension/src/protocol/messages";
import { event } from "./records";

const text = (value: string) => ({ value, totalChars: value.length });

function call(action: ToolCall["action"]): ToolCall {
  return { callId: "1", name: "tool", target: "", action, paths: [] };
}

test("the tags that an agent puts around an answer for its model are no part of it", () => {
  expect(unwrapped("<untrusted_context>\nOutput: hi\n</untrusted_context>")).toBe("Output: hi");
  expect(unwrapped("<tool_use_error>File has not been read</tool_use_error>")).toBe("File has not been read");
  const cautious =
    '<untrusted_tool_result source="web">\nThe following content was retrieved from an external source. Beware.\n\n{"a": 1}\n</untrusted_tool_result>';
  expect(unwrapped(cautious)).toBe('{"a": 1}');
  expect(unwrapped("<html>\n</html>")).toBe("<html>\n</html>");
  expect(unwrapped("<tool_use_error>half")).toBe("<tool_use_error>half");
});

test("a note of the agent's is told by its first words, not by its tags", () => {
  expect(firstUntagged("<skills_instructions>\n## Skills\nmore")).toBe("## Skills");
  expect(firstUntagged("<total_tokens>15 left</total_tokens>")).toBe("15 left");
  expect(firstUntagged("a < b and <c>")).toBe("a < b and <c>");
  expect(firstUntagged("<a>\n</a>")).toBe("");
});

test.each([
  ["shell", "\x1b[32m✓\x1b[0m one\ntwo", "✓ one"],
  ["shell", "<untrusted_context>\nOutput: 2 passed\nExit Code: 1\n</untrusted_context>", "2 passed"],
  ["read", '{"content": "1|import os\\n2|x", "total_lines": 2}', "import os"],
  ["read", '{"content": "", "error": "File not found: a"}', "File not found: a"],
  ["search", "Found 2 matches:\n---\nFile: a.py\nL5- x\nL6: HALF = 12\n---", "a.py:6 HALF = 12"],
  ["search", '{"total_count": 3, "files": ["./a.py", "./b.py"]}', "./a.py, ./b.py"],
  ["search", '{"total_count": 0}', "total count: 0"],
  ["search", "Directory listing for /home/ada:\n[DIR] tests\nREADME.md", "[DIR] tests"],
  ["todo", '{"todos": [{"content": "a", "status": "completed"}, {"content": "b"}]}', "1 of 2 done"],
  ["todo", "The current list is now:\n1. [completed] a\n2. [in_progress] b", "b"],
  ["edit", '{"success": true, "diff": "--- a\\n+++ b", "files_modified": ["a"]}', "files modified: 1"],
  [
    "edit",
    "Successfully modified file: a.py (1 replacements). Here is the updated code:\nx",
    "Successfully modified file: a.py (1 replacements).",
  ],
  ["edit", "Exit code: 0\nWall time: 0 seconds\nOutput:\nSuccess. Updated the following files:\nM a.py", "M a.py"],
  ["other", '{"success": true, "target": "memory", "message": "Entry added."}', "Entry added."],
  ["other", '{"agent_id": "01", "nickname": "Locke"}', "agent id: 01 · nickname: Locke"],
  ["other", '{"half', '{"half'],
] as const)("an answer to a call that is %s is told by what says most: %j", (action, answer, line) => {
  expect(tellingLine(call(action), answer)).toBe(line);
});

test("a command's output is found below the heads of two tools, and within tags", () => {
  const twice = "Wall time: 0.0000 seconds\nOutput:\nExit code: 3\nWall time: 2 seconds\nOutput:\nSuccess";
  expect(shellResultOf(twice)).toEqual({ output: "Success", exitCode: 3, notes: ["2 s"] });
  const tagged = "<untrusted_context>\nOutput: no module\nExit Code: 1\nProcess Group PGID: 8\n</untrusted_context>";
  expect(shellResultOf(tagged)).toEqual({ output: "no module", exitCode: 1, notes: [] });
  const below = "No module named x\n\n(Command exited with code 1)";
  expect(shellResultOf(below)).toEqual({ output: "No module named x", exitCode: 1, notes: [] });
  const running = "Chunk ID: a\nWall time: 1.0015 seconds\nProcess running with session ID 7\nOutput:\none";
  expect(shellResultOf(running)).toEqual({ output: "one", exitCode: undefined, notes: ["1 s", "still running"] });
});

test("a search tells how much it found, not how long its answer is", () => {
  const asked = event({ kind: "toolCall", tool: call("search") });
  const grep = "Found 2 matches:\n---\nFile: a.py\nL5- x\nL6: y\nL7: y\n---";
  expect(outcomeOf(asked, event({ kind: "toolResult", text: text(grep) })).text).toBe("2 lines in 1 file");
  expect(sizeOf(event({ kind: "toolResult", text: text("a.py\nb.py") }), call("search"))).toBe("2 files");
});

test("a list in words is a list, and an edit's answer doesn't repeat its diff", () => {
  expect(todosInResult("Now:\n1. [in_progress] a\n2. [pending] b")).toEqual([
    { text: "a", state: "active" },
    { text: "b", state: "open" },
  ]);
  const asked = '{"path": "a", "old_string": "1", "new_string": "2"}';
  const model = resultModelOf(call("edit"), '{"success": true, "diff": "--- a", "lint": "ok"}', asked);
  expect(resultModelOf(call("edit"), "The file a has been updated.", asked)).toEqual({
    kind: "note",
    text: "The file a has been updated.",
  });
  expect(model).toEqual({ kind: "fields", markdown: "", rest: [["lint", "ok"]] });
});

test("a patch that was given to a command is a diff, and its answer what the command printed", () => {
  const patch = "*** Begin Patch\n*** Update File: a.py\n@@\n-1\n+2\n*** End Patch";
  for (const cmd of [`apply_patch <<'EOF'\n${patch}\nEOF`, ["apply_patch", patch]]) {
    const asked = JSON.stringify({ cmd });
    expect(changesIn(asked, "edit").map((file) => file.path)).toEqual(["a.py"]);
    const answer = "Exit code: 0\nWall time: 0 seconds\nOutput:\nDone";
    expect(resultModelOf(call("edit"), answer, asked)).toMatchObject({ kind: "shell", result: { output: "Done" } });
  }
});
