import { expect, test } from "vitest";
import { subAgentOf } from "../../../extension/src/replay/subAgents";

const child = (sessionId: string, title: string, parentId: string | null = "s1", harness = "claude-code") => ({
  ...{ harness, sessionId, title, parentId, startedAtMs: null },
});
const PARENT = { harness: "claude-code", sessionId: "s1" };
const CHILDREN = [
  child("s1~agent-a11", "Look for other places…"),
  child("s1~agent-b22~g2", "Write the tests"),
  child("s2~agent-c33", "Look for other places…", "s2"),
  child("s1", "Main", null),
];

test("a sub-agent is found by the id that its result tells", () => {
  expect(subAgentOf(PARENT, CHILDREN, { task: "", told: "done\nagentId: b22" })?.sessionId).toBe("s1~agent-b22~g2");
});

test("a Codex sub-agent is found by its thread", () => {
  const known = [child("0199-aa", "x", "0198", "codex"), child("0199-bb", "x", "0198", "codex")];
  const found = subAgentOf({ harness: "codex", sessionId: "0198" }, known, {
    task: "x",
    told: '{"agent_id":"0199-bb"}',
  });
  expect(found?.sessionId).toBe("0199-bb");
});

test("without an id it is found by the task that its title is made of", () => {
  const task = "Look for other places\nthat assume a single period";
  expect(subAgentOf(PARENT, CHILDREN, { task, told: "" })?.sessionId).toBe("s1~agent-a11");
});

test("one that can't be told for sure is not guessed", () => {
  const twins = [child("s1~agent-a1", "Look"), child("s1~agent-a2", "Look")];
  expect(subAgentOf(PARENT, twins, { task: "Look around", told: "" })).toBeUndefined();
  expect(subAgentOf(PARENT, CHILDREN, { task: "Something else", told: "" })).toBeUndefined();
  expect(subAgentOf({ ...PARENT, sessionId: "s9" }, CHILDREN, { task: "", told: "a11" })).toBeUndefined();
});
