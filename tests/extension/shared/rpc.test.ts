import { afterEach, beforeEach, expect, test, vi } from "vitest";
import { resultGuards } from "../../../extension/src/shared/guards";
import { RequestChannel, RequestError } from "../../../extension/src/shared/rpc";

const TIMEOUT_MS = 1000;

beforeEach(() => {
  vi.useFakeTimers();
});

afterEach(() => {
  vi.useRealTimers();
});

function setUp() {
  const posted: { id: number; method: string; clientId: string }[] = [];
  const channel = new RequestChannel("c", resultGuards, (request) => posted.push(request), TIMEOUT_MS);
  return { channel, posted };
}

const answer = { type: "response", clientId: "c" } as const;
const text = { offset: 0, value: "x", totalChars: 1 };

test("an answer reaches the request that it belongs to", async () => {
  const { channel, posted } = setUp();
  const first = channel.request("raw", { index: 1, offset: 0 });
  const second = channel.request("raw", { index: 2, offset: 0 });
  expect(posted.map(({ id }) => id)).toEqual([1, 2]);
  channel.settle({ ...answer, id: 2, ok: true, result: { ...text, value: "two" } });
  channel.settle({ ...answer, id: 1, ok: true, result: { ...text, value: "one" } });
  expect([(await first).value, (await second).value]).toEqual(["one", "two"]);
  expect(channel.pendingCount).toBe(0);
});

test("an answer of the wrong shape is an error, not a value", async () => {
  const { channel } = setUp();
  const request = channel.request("raw", { index: 1, offset: 0 });
  channel.settle({ ...answer, id: 1, ok: true, result: { value: 7 } });
  await expect(request).rejects.toThrow("can't be read");
});

test("the host's problem is handed on as it is", async () => {
  const { channel } = setUp();
  const request = channel.request("raw", { index: 1, offset: 0 });
  const problem = { message: "Denied.", hint: "Sign in.", retryable: false };
  channel.settle({ ...answer, id: 1, ok: false, problem });
  const error: unknown = await request.catch((reason: unknown) => reason);
  expect(RequestError.problemOf(error)).toEqual(problem);
});

test("a request without an answer ends with the time-out, and leaves nothing behind", async () => {
  const { channel } = setUp();
  const ended = expect(channel.request("raw", { index: 1, offset: 0 })).rejects.toThrow("No answer");
  vi.advanceTimersByTime(TIMEOUT_MS);
  await ended;
  expect(channel.pendingCount).toBe(0);
  channel.settle({ ...answer, id: 1, ok: true, result: text });
});

test("an answered request doesn't time out later", async () => {
  const { channel } = setUp();
  const request = channel.request("raw", { index: 1, offset: 0 });
  channel.settle({ ...answer, id: 1, ok: true, result: text });
  vi.advanceTimersByTime(TIMEOUT_MS * 2);
  await expect(request).resolves.toEqual(text);
  expect(vi.getTimerCount()).toBe(0);
});

test("disposing rejects what is pending and whatever is asked afterwards", async () => {
  const { channel } = setUp();
  const pending = expect(channel.request("raw", { index: 1, offset: 0 })).rejects.toThrow("closed");
  channel.dispose();
  await pending;
  await expect(channel.request("raw", { index: 1, offset: 0 })).rejects.toThrow("closed");
  expect(vi.getTimerCount()).toBe(0);
});
