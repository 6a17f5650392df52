// What brings the page's script stands in its document: nothing in it may end that place, and it has to mean the same there.
import { mkdir, mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { runInNewContext } from "node:vm";
import { expect, test } from "vitest";
import * as vscode from "vscode";
import { inScript, inStyle, pageCodeOf } from "../../../extension/src/replay/pageCode";

const PIECES = ["</script>", "</SCRIPT ", "<!--", "-->", "<script>", "</", "<", "!--", "a"];

test("strings and patterns mean the same in a script element, and end none", () => {
  for (const first of PIECES) {
    for (const second of PIECES) {
      const text = first + second;
      const script = `[${JSON.stringify(text)}, \`${text}\`, new RegExp(${JSON.stringify(text)}).source]`;
      const placed = inScript(script);
      expect(placed).not.toMatch(/<\/script|<!--/i);
      const [quoted, template] = runInNewContext(placed);
      expect([quoted, template]).toEqual([text, text]);
    }
  }
  expect(runInNewContext(inScript("/^<!--x<\\/script>$/.test('<!--x</script>')"))).toBe(true);
});

test("a style element is ended by nothing in it", () => {
  expect(inStyle('p::after { content: "</style>"; }')).toBe('p::after { content: "<\\/style>"; }');
});

test("they are read from the extension's folder, once", async () => {
  const folder = await mkdtemp(join(tmpdir(), "page-code-"));
  await mkdir(join(folder, "dist/page"), { recursive: true });
  await writeFile(join(folder, "dist/page/loader.js"), "f('</script>')");
  await writeFile(join(folder, "dist/page/main.js"), "g('</script>')");
  await writeFile(join(folder, "dist/page/main.css"), "p {}");
  const code = pageCodeOf(vscode.Uri.file(folder));
  expect(code()).toEqual({
    loader: "f('<\\/script>')",
    style: "p {}",
    script: new TextEncoder().encode("g('</script>')"),
  });
  await rm(folder, { recursive: true });
  expect(code()).toBe(code());
});
