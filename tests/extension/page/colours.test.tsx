// @vitest-environment jsdom
// Colours are brought when code was drawn for the first time, and then appear in what stands there.
import { render } from "preact";
import { act } from "preact/test-utils";
import { expect, test } from "vitest";
import { bringColours, broughtColours } from "../../../extension/src/page/text/colours";
import { Markdown } from "../../../extension/src/page/view/Markdown";
import { Code } from "../../../extension/src/page/view/tools/Code";

test("code is readable at once, and coloured as soon as the colours are there", async () => {
  const root = document.createElement("div");
  const code = (
    <>
      <Code code="const a = 1;" language="ts" />
      <Markdown source={"```ts\nlet b = 2;\n```"} />
    </>
  );
  void act(() => render(code, root));
  expect(broughtColours()).toBeUndefined();
  expect(root.textContent).toContain("const a = 1;");
  expect(root.textContent).toContain("let b = 2;");
  await act(bringColours);
  const keywords = [...root.querySelectorAll(".hljs-keyword")].map((keyword) => keyword.textContent);
  expect(keywords).toEqual(["const", "let"]);
  expect(root.textContent).toContain("const a = 1;");
});

test("code that is drawn later is coloured from the beginning", async () => {
  await bringColours();
  const root = document.createElement("div");
  render(<Code code="return 1" language="js" />, root);
  expect(root.querySelector(".hljs-keyword")?.textContent).toBe("return");
});
