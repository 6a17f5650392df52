// @vitest-environment happy-dom
import { expect, test } from "vitest";
import { commandFor, focusKind, KEY_TABLE, keycaps } from "../../../extension/src/page/keys/table";

const free = { typing: false, activating: false };

function press(key: string, change: Partial<Parameters<typeof commandFor>[0]> = {}) {
  return { key, shiftKey: false, ctrlKey: false, altKey: false, metaKey: false, isComposing: false, ...change };
}

test("every key of the table does what the table says", () => {
  for (const { command, keys } of KEY_TABLE) {
    for (const key of keys) {
      const name = key.replace("Shift+", "");
      const shiftKey = key.startsWith("Shift+") || key === "?";
      expect(commandFor(press(name === "Space" ? " " : name, { shiftKey }), free)).toBe(command);
    }
  }
});

test("no key does two things", () => {
  const keys = KEY_TABLE.flatMap((binding) => binding.keys);
  expect(new Set(keys).size).toBe(keys.length);
});

test("while a text is typed only Escape is ours", () => {
  const typing = { typing: true, activating: false };
  expect(commandFor(press("j"), typing)).toBeUndefined();
  expect(commandFor(press("End"), typing)).toBeUndefined();
  expect(commandFor(press("Escape"), typing)).toBe("close");
});

test("Space and Enter belong to a focused button", () => {
  const activating = { typing: false, activating: true };
  expect(commandFor(press(" "), activating)).toBeUndefined();
  expect(commandFor(press("Enter"), activating)).toBeUndefined();
  expect(commandFor(press("j"), activating)).toBe("nextEvent");
});

test("with Ctrl, Alt, Meta or while composing keys are the editor's", () => {
  for (const held of ["ctrlKey", "altKey", "metaKey", "isComposing"] as const) {
    expect(commandFor(press("j", { [held]: true }), free)).toBeUndefined();
  }
});

test("Shift makes another key of Space, and none of Home", () => {
  expect(commandFor(press(" ", { shiftKey: true }), free)).toBe("pageUp");
  expect(commandFor(press("Home", { shiftKey: true }), free)).toBeUndefined();
});

test("fields, buttons and plain elements are told apart", () => {
  document.body.innerHTML =
    '<input id="field"><div contenteditable="true"><b id="rich"></b></div><button><i id="inner"></i></button><p id="text"></p>';
  const kind = (id: string) => focusKind(document.getElementById(id));
  expect(kind("field").typing).toBe(true);
  expect(kind("rich").typing).toBe(true);
  expect(kind("inner")).toEqual({ typing: false, activating: true });
  expect(kind("text")).toEqual(free);
  expect(focusKind(null)).toEqual(free);
});

test("a combination is shown key by key", () => {
  expect(keycaps("Shift+Space")).toEqual(["Shift", "Space"]);
  expect(keycaps("ArrowDown")).toEqual(["↓"]);
});
