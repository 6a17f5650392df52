import { afterEach, beforeEach, expect, test, vi } from "vitest";
import { AgentWatch, QUIET_MS, statusOf } from "../../../extension/src/page/store/agentStatus";
import type { ReplayEvent, ReplayRecord } from "../../../extension/src/protocol/messages";
import { event, record } from "./records";

const LONG = QUIET_MS + 1;

function tool(callId: string, action: "shell" | "ask" = "shell") {
  return { callId, name: "Bash", target: "", action, paths: [] };
}

function tail(...events: readonly ReplayEvent[]): readonly ReplayRecord[] {
  return events.map((each, index) => record(index, [each]));
}

const PROMPT = event({ kind: "prompt" });
const CALL = event({ kind: "toolCall", tool: tool("1") });
const RESULT = event({ kind: "toolResult", tool: tool("1") });
const REPLY = event({ kind: "reply" });

test.each([
  ["a call without a result", tail(PROMPT, CALL), "working"],
  ["a result that nobody has answered", tail(PROMPT, CALL, RESULT), "working"],
  ["a prompt", tail(REPLY, PROMPT), "working"],
  ["a reply", tail(PROMPT, CALL, RESULT, REPLY), "waiting"],
  [
    "a reply, and then bookkeeping",
    tail(PROMPT, REPLY, event({ kind: "opaque" }), event({ kind: "system" })),
    "waiting",
  ],
  ["a question to the reader", tail(PROMPT, event({ kind: "toolCall", tool: tool("2", "ask") })), "waiting"],
  ["an interrupted call", tail(PROMPT, CALL, event({ kind: "system", label: "interrupted" })), "waiting"],
  ["an error", tail(PROMPT, event({ kind: "error", isError: true })), "waiting"],
  ["a call of an earlier turn that was left", tail(PROMPT, CALL, PROMPT, REPLY), "waiting"],
  ["one of two calls answered", tail(CALL, event({ kind: "toolCall", tool: tool("2") }), RESULT, REPLY), "working"],
] as const)("after long silence, %s means %3$s", (_, records, activity) => {
  expect(statusOf(records, LONG).activity).toBe(activity);
});

test("after a reply an agent may go on: only its silence says that it waits", () => {
  expect(statusOf(tail(PROMPT, REPLY), QUIET_MS - 1).activity).toBe("working");
  expect(statusOf(tail(PROMPT, REPLY), QUIET_MS).activity).toBe("waiting");
});

test("what a sub-agent says is not the agent's reply", () => {
  const records = [...tail(PROMPT, CALL, RESULT), { ...record(3, [REPLY]), isSidechain: true }];
  expect(statusOf(records, LONG).activity).toBe("working");
});

let records: ReplayRecord[];
let asked: number;
let said: string[];
let watch: AgentWatch;

beforeEach(() => {
  vi.useFakeTimers();
  asked = 0;
  said = [];
  records = [...tail(PROMPT, CALL)].map((each) => ({ ...each, timeMs: Date.now() }));
  watch = new AgentWatch({
    request: async (start, count) => {
      asked += 1;
      return { start, records: records.slice(start, start + count), recordCount: records.length };
    },
    onChange: () => undefined,
    say: (line) => said.push(line),
  });
});

afterEach(() => {
  vi.useRealTimers();
});

function add(each: ReplayEvent): void {
  records.push(record(records.length, [each]));
  watch.sessionAt(true, records.length);
}

test("a live agent works until it has replied and was quiet for a while, and each change is said once", async () => {
  watch.sessionAt(true, 2);
  await vi.advanceTimersByTimeAsync(0);
  expect(watch.status?.activity).toBe("working");
  add(RESULT);
  add(REPLY);
  await vi.advanceTimersByTimeAsync(1000);
  expect(watch.status?.activity).toBe("working");
  await vi.advanceTimersByTimeAsync(QUIET_MS);
  expect(watch.status?.activity).toBe("waiting");
  watch.sessionAt(false, 4);
  expect(watch.status?.activity).toBe("ended");
  expect(said).toEqual(["Agent: Waiting for you", "Agent: Ended"]);
});

test("an agent that never stops writing is looked at once a second, and still looked at", async () => {
  watch.sessionAt(true, 2);
  for (let n = 0; n < 50; n += 1) {
    add(RESULT);
    await vi.advanceTimersByTimeAsync(100);
  }
  expect(asked).toBeGreaterThanOrEqual(4);
  expect(asked).toBeLessThanOrEqual(7);
});

test("a session that ended is not looked at, and no opening is announced", async () => {
  watch.sessionAt(false, 2);
  await vi.advanceTimersByTimeAsync(QUIET_MS);
  expect([watch.status?.activity, asked, said]).toEqual(["ended", 0, []]);
});

test("a window that ends before the end of the session is followed by the end itself", async () => {
  records = [...tail(PROMPT, CALL, RESULT, REPLY)];
  const whole = records;
  watch = new AgentWatch({
    request: async (start) => ({ start, records: whole.slice(start, start + 1), recordCount: 4 }),
    onChange: () => undefined,
    say: () => undefined,
  });
  vi.setSystemTime(records[3]?.timeMs ?? 0);
  watch.sessionAt(true, 4);
  await vi.advanceTimersByTimeAsync(QUIET_MS + 2000);
  expect(watch.status?.activity).toBe("waiting");
});
