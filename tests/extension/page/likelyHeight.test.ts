// What a row's height is guessed from before it was drawn.
import { expect, test } from "vitest";
import { likelyHeight } from "../../../extension/src/page/list/likelyHeight";
import type { ReplayEvent } from "../../../extension/src/protocol/messages";
import { event, record } from "./records";

function reply(chars: number) {
  return event({ kind: "reply", text: { value: "x".repeat(chars), totalChars: chars } });
}

test("what is folded counts as a line however long it is, what stands open by its text, up to a limit", () => {
  const output = "x".repeat(100_000);
  const folded = event({ kind: "toolResult", text: { value: output, totalChars: output.length } });
  const height = (...events: readonly ReplayEvent[]) => likelyHeight(record(0, events));
  expect(height(folded)).toBe(height(event({ kind: "toolCall" })));
  expect(height(folded)).toBeLessThan(height(reply(5)));
  expect(height(reply(5))).toBeLessThan(height(reply(600)));
  expect(height(reply(5000))).toBe(height(reply(500_000)));
  expect(height(folded, reply(5))).toBe(height(folded) + height(reply(5)));
  expect(height()).toBe(height(folded));
});
