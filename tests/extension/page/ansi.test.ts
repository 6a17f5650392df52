import { expect, test } from "vitest";
import { runsOf } from "../../../extension/src/page/text/ansi";

const ESC = "\u001b";

test("colours become those of the reader's theme", () => {
  expect(runsOf(`a ${ESC}[31mred${ESC}[0m b`)).toEqual([
    { text: "a ", classes: "" },
    { text: "red", classes: "ansi-fg-red" },
    { text: " b", classes: "" },
  ]);
  expect(runsOf(`${ESC}[1;92;44mx`)).toEqual([{ text: "x", classes: "ansi-fg-bright-green ansi-bg-blue ansi-bold" }]);
});

test("a decoration begins where it is told, and ends at once however often it was told", () => {
  expect(runsOf(`${ESC}[1m${ESC}[1ma${ESC}[3mb${ESC}[22mc`)).toEqual([
    { text: "a", classes: "ansi-bold" },
    { text: "b", classes: "ansi-bold ansi-italic" },
    { text: "c", classes: "ansi-italic" },
  ]);
});

test("colours beyond the sixteen become the nearest of them", () => {
  expect(runsOf(`${ESC}[38;2;250;90;80mx`)[0]?.classes).toBe("ansi-fg-bright-red");
  expect(runsOf(`${ESC}[38;5;34mx`)[0]?.classes).toBe("ansi-fg-green");
});

test.each([
  ["a title", `${ESC}]0;evil\u0007text`],
  ["a link", `${ESC}]8;;https://evil.example${ESC}\\text${ESC}]8;;${ESC}\\`],
  ["moves of the cursor", `${ESC}[2K${ESC}[1G${ESC}[10;3Htext${ESC}[?25l`],
  ["what a device is told", `${ESC}P1$r0m${ESC}\\text`],
  ["a character set", `${ESC}(Btext`],
  ["control characters", `${ESC}[0m\u0007te\u0008xt\u0000`],
])("nothing is left of %s", (_, output) => {
  expect(
    runsOf(output)
      .map((run) => run.text)
      .join(""),
  ).toBe("text");
});

test("a progress bar is told as it stood last", () => {
  expect(runsOf("10%\r50%\r100%\ndone\r\n").map((run) => run.text)).toEqual(["100%\ndone\n"]);
});

test("text without escapes stays as it is", () => {
  expect(runsOf("a\tb\n<b>&amp;")).toEqual([{ text: "a\tb\n<b>&amp;", classes: "" }]);
});
