import { readdir, readFile, stat } from "node:fs/promises";
import { join } from "node:path";
import { gzipSync } from "node:zlib";
import { VSIX } from "../../scripts/lib/places.mjs";
import { run } from "../../scripts/lib/run.mjs";
import { expect, test } from "./support/fixtures";

const MOST_BYTES = 8_000_000;
/** Of script and styles, compressed. */
const MOST_PAGE_BYTES = 600_000;
const TARGETS = [
  ...["alpine-arm64", "alpine-x64", "darwin-arm64", "darwin-x64", "linux-arm64", "linux-armhf", "linux-x64"],
  ...["win32-arm64", "win32-x64"],
];

test("one small package serves every system", async ({ installed }) => {
  expect((await stat(VSIX)).size).toBeLessThan(MOST_BYTES);
  const natives = join(installed.extension, "dist/pylibs-native");
  expect((await readdir(natives)).sort()).toEqual(TARGETS);
  for (const target of TARGETS) {
    const files = await readdir(join(natives, target, "watchfiles"));
    const native = target.startsWith("win32") ? /^_rust_notify.*\.pyd$/ : /^_rust_notify.*\.so$/;
    expect(files.filter((name) => native.test(name))).toHaveLength(1);
  }
});

test("the replay page is small enough to open at once", async ({ installed }) => {
  const files = ["main.js", "main.css"].map((name) => readFile(join(installed.extension, "dist/page", name)));
  const bytes = (await Promise.all(files)).reduce((sum, file) => sum + gzipSync(file).length, 0);
  expect(bytes).toBeGreaterThan(10_000);
  expect(bytes).toBeLessThan(MOST_PAGE_BYTES);
});

test("the package holds what is named and nothing else", async ({ installed }) => {
  const top = (await readdir(installed.extension)).map((name) => name.toLowerCase()).sort();
  expect(top.filter((name) => !name.startsWith("."))).toEqual([
    ...["changelog.md", "dist", "license.txt", "media", "package.json", "package.nls.json", "pyhelper", "readme.md"],
  ]);
  const files = await readdir(installed.extension, { recursive: true });
  expect(files.filter((name) => /\.(pyc|map|ts|tsx|exe)$|\/tests\/|__pycache__/.test(name))).toEqual([]);
});

test("the packed helper brings every library it needs, those of late imports too", async ({ machine, installed }) => {
  const late = "boto3, watchfiles, pygls.lsp.server, session_mirror.server";
  const pyhelper = JSON.stringify(join(installed.extension, "pyhelper"));
  const program = `
import sys
sys.dont_write_bytecode = True
sys.path.insert(0, ${pyhelper})
from session_mirror import bundled
bundled.prepare()
import ${late}
for service in ("s3", "sts", "sso", "sso-oidc", "signin"):
    boto3.client(service, region_name="us-east-1", aws_access_key_id="a", aws_secret_access_key="b")
strangers = [m.__file__ for m in list(sys.modules.values()) if "site-packages" in (getattr(m, "__file__", "") or "")]
print(watchfiles.__file__, strangers)
`;
  const said = await run(machine.python, ["-I", "-S", "-X", "utf8", "-c", program], { env: machine.env });
  expect(said).toContain(`${installed.extension}/dist/pylibs-native/`);
  expect(said).toContain("[]");
});

test("the manifest names no file that the package lacks", async ({ installed }) => {
  const text = await readFile(join(installed.extension, "package.json"), "utf8");
  const named = [...text.matchAll(/"(\.?\/?(?:media|dist)\/[^"]+)"/g)].map(([, path = ""]) => path);
  expect(named.length).toBeGreaterThan(3);
  for (const path of named) {
    await stat(join(installed.extension, path));
  }
});
