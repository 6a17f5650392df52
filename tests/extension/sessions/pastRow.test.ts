import { expect, test } from "vitest";
import { formatDate } from "../../../extension/src/host/format";
import { pastRowOf } from "../../../extension/src/sessions/pastRow";
import { past } from "../support/samples";

test("an earlier generation tells why and when it ended, and what is kept of it", () => {
  const row = pastRowOf(past());
  expect(row.label).toBe("Generation 1");
  expect(row.description).toBe(`rewritten · ${formatDate(1_000_000)} · 12 parts, 3.0 MB`);
  expect(row.details).toContainEqual({ name: "Began", value: formatDate(900_000) });
  expect(row.details).toContainEqual({ name: "Ended", value: formatDate(1_000_000) });
  expect(row.contextValue).toBe("past inBucket");
});

test("what another machine mirrored is told to be that machine's", () => {
  const row = pastRowOf(past({ cause: "otherMachine", machine: "workstation", startedAtMs: null }));
  expect(row.description).toContain("mirrored by workstation");
  expect(row.details.map(({ name }) => name)).not.toContain("Began");
});
