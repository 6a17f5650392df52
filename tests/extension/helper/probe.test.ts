import { chmodSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, expect, test } from "vitest";
import { failed, judge, probe } from "../../../extension/src/helper/python/probe";

let folder: string;
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), "probe-"));
});
afterAll(() => rmSync(folder, { recursive: true }));

const { PATH = "" } = process.env;
const env = { PATH };

test("a real Python tells its absolute path and its version", async () => {
  const result = await probe({ command: "python3", args: [] }, env, folder);
  expect(result).toMatchObject({ ok: true, interpreter: { version: expect.stringMatching(/^3\.\d+\.\d+$/) } });
  expect(result.ok && result.interpreter.path.startsWith("/")).toBe(true);
});

test("a command that does not exist is missing", async () => {
  const result = await probe({ command: join(folder, "nothing"), args: [] }, env, folder);
  expect(result).toMatchObject({ ok: false, reason: "missing" });
});

test.runIf(process.platform !== "win32")("a program that is no Python is broken", async () => {
  const fake = join(folder, "fake");
  writeFileSync(fake, "#!/bin/sh\necho hello\n");
  chmodSync(fake, 0o755);
  expect(await probe({ command: fake, args: [] }, env, folder)).toMatchObject({ ok: false, reason: "broken" });
});

test.each([
  ['[[3, 9, 18], "/p", true, true]', "tooOld"],
  ['[[2, 7, 18], "/p", true, true]', "tooOld"],
  ['[[3, 10, 0], "/p", false, true]', "noSsl"],
  ['[[3, 10, 0], "/p", true, false]', "noSqlite"],
  ['[[3, 10, 0], "", true, true]', "broken"],
  ["{}", "broken"],
  ["", "broken"],
])("the answer %s is %s", (stdout, reason) => {
  expect(judge(stdout)).toMatchObject({ ok: false, reason });
});

test("Windows' placeholder for Python is told apart", () => {
  expect(failed({ message: "Python was not found", code: 9009 })).toMatchObject({ reason: "storeStub" });
});
