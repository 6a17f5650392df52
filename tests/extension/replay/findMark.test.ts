import { expect, test } from "vitest";
import { findMark } from "../../../extension/src/replay/findMark";

const text = "import os\r\n\r\ndef parse(text):\r\n    return text.strip()\r\n";

test("a text is found where it stands, whatever the line ends", () => {
  expect(findMark(text, "def parse(text):\n    return text.strip()\n")).toEqual({
    line: 2,
    lastLine: 3,
    isPartly: false,
  });
  expect(findMark(text, "return text")).toEqual({ line: 3, lastLine: 3, isPartly: false });
});

test("of a text that was changed meanwhile, a line that is there once is found", () => {
  expect(findMark(text, "def parse(text):\n    return text\n    # more\n")).toMatchObject({ line: 2, isPartly: true });
});

test("lines that say little, stand there twice, or are gone lead nowhere", () => {
  expect(findMark("}\n}\nreturn here;\nreturn here;\n", "{\n}\nreturn here;\nall else\n")).toBeUndefined();
  expect(findMark(text, " \n")).toBeUndefined();
});
