import { expect, test } from "vitest";
import { parseSettings } from "../../../extension/src/host/settings";

const parse = (values: Record<string, unknown>) => parseSettings((name) => values[name]);

test("without settings: the default folder, mirroring from the start, every 5 s, redacted, compacted", () => {
  expect(parse({})).toEqual({
    destinationUrl: "",
    s3Endpoint: null,
    s3Region: null,
    s3Profile: null,
    autoStart: true,
    intervalMs: 5000,
    redact: true,
    autoCompact: true,
    interpreter: "",
    homes: [],
    ignoredAgents: [],
  });
});

test.each([
  [0.5, 500],
  [0, 200],
  [-3, 200],
  [0.2, 200],
  [Number.NaN, 5000],
  ["2", 5000],
])("an interval of %s seconds is %s ms", (value, expected) => {
  expect(parse({ interval: value }).intervalMs).toBe(expected);
});

test("only an explicit false switches redaction, the start or compaction off", () => {
  expect(parse({ "redaction.enabled": "no", autoStart: 0, autoCompact: null })).toMatchObject({
    redact: true,
    autoStart: true,
    autoCompact: true,
  });
  expect(parse({ "redaction.enabled": false, autoStart: false, autoCompact: false })).toMatchObject({
    redact: false,
    autoStart: false,
    autoCompact: false,
  });
});

test("values of another type count as not set, and spaces around texts do not matter", () => {
  const parsed = parse({ destination: 7, "s3.endpoint": "  ", "s3.profile": " team ", "claudeCode.configDirs": "x" });
  expect(parsed).toMatchObject({ destinationUrl: "", s3Endpoint: null, s3Profile: "team", homes: [] });
});

test("folders for agents are cleaned of blanks, doubles and non-texts, and named once an agent", () => {
  const parsed = parse({
    "claudeCode.configDirs": [" /a ", "", 3, "/a", "/b"],
    "codex.homes": ["/c"],
    agentHomes: { "claude-code": ["/b", "/d"], hermes: ["~/h"], openclaw: [], gemini: "x" },
  });
  expect(parsed.homes).toEqual([
    { harness: "claude-code", folders: ["/a", "/b", "/d"] },
    { harness: "codex", folders: ["/c"] },
    { harness: "hermes", folders: ["~/h"] },
  ]);
  expect(parse({ agentHomes: ["/a"] }).homes).toEqual([]);
});

test("agents are switched off by their ids", () => {
  expect(parse({ ignoredAgents: [" codex", 1, "codex"] }).ignoredAgents).toEqual(["codex"]);
});
