import { expect, test } from "vitest";
import { formatDate } from "../../../extension/src/host/format";
import { pastRowOf } from "../../../extension/src/sessions/pastRow";
import { past } from "../support/samples";

const NOW = 1_000_000 + 5 * 60_000;

test("an earlier generation tells why and when it ended, and what is kept of it", () => {
  const row = pastRowOf(past(), NOW);
  expect(row.label).toBe("Generation 1");
  expect(row.description).toBe(`rewritten · ${formatDate(1_000_000)} · 12 parts, 3.0 MB`);
  expect(row.details).toContainEqual({ name: "Began", value: formatDate(900_000) });
  expect(row.details).toContainEqual({ name: "Ended", value: formatDate(1_000_000) });
  expect(row.contextValue).toBe("past inBucket");
});

test("what another machine mirrored is told to be that machine's", () => {
  const row = pastRowOf(past({ cause: "otherMachine", machine: "workstation", startedAtMs: null }), NOW);
  expect(row.description).toContain("mirrored by workstation");
  expect(row.details.map(({ name }) => name)).not.toContain("Began");
});

test("a generation that was found to be wrong says so first", () => {
  const problem = "The mirror has a hole: bytes 7 to 19 are missing.";
  const row = pastRowOf(past({ verified: { atMs: NOW - 120_000, problem } }), NOW);
  expect(row).toMatchObject({ icon: "warning", description: expect.stringMatching(/^faulty · rewritten · /) });
  expect(row.details).toContainEqual({ name: "Last verified", value: `2 min ago. ${problem}` });
});
