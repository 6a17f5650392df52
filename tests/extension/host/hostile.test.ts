/** What the editor itself makes of texts: links of notifications, icons of labels, Markdown of tooltips. */

import { beforeEach, describe, expect, test } from "vitest";
import { oneLine, spelledOut } from "../../../extension/src/host/format";
import { asMessage, showError, showInformation } from "../../../extension/src/host/notify";
import type { SessionSummary } from "../../../extension/src/protocol/messages";
import { pastItem, sessionItem } from "../../../extension/src/sessions/items";
import type { SessionNode } from "../../../extension/src/sessions/nodes";
import { pickSession } from "../../../extension/src/sessions/pick";
import { DECEIVING, PAYLOADS } from "../../e2e/support/payloads";
import { past, session } from "../support/samples";
import { editor, MarkdownString, type TreeItem } from "../support/vscode";

/** As the editor parses a notification's links. */
const LINK = /\[[^\]]+\]\([^)\s]+/i;
const ICON = /\$\([a-z0-9-]+(?:~[a-z]+)?\)/i;
const TURNS_OR_HIDES = /[\u202a-\u202e\u2066-\u2069\u{e0000}-\u{e007f}]/u;

beforeEach(() => editor.reset());

function everywhere(payload: string): SessionSummary {
  return session({
    ...{ title: payload, cwd: payload, sourcePath: payload, machine: payload, drivenBy: payload, harness: payload },
    ...{ parentId: payload, problem: { kind: "bug", message: payload, hint: payload, retryable: false } },
    state: "otherMachine",
  });
}

function textsOf(item: TreeItem): readonly string[] {
  return [item.label, item.description ?? ""];
}

describe.each(PAYLOADS)("%j", (payload) => {
  test("leads nowhere from a notification, and doesn't turn it around", () => {
    const message = asMessage(`“${payload}”: ${payload}`);
    expect(message).not.toMatch(LINK);
    expect(message).not.toMatch(TURNS_OR_HIDES);
  });

  test("draws no icon and no second line in labels, and its tooltip is only text", () => {
    const told = everywhere(payload);
    const node: SessionNode = {
      kind: "session",
      section: "others",
      id: "1",
      session: told,
      children: [],
      above: undefined,
    };
    const entry = past({ machine: payload });
    const items = [sessionItem(node, 0, true), pastItem({ kind: "past", id: "2", parent: node, entry }, 0)];
    for (const item of items as unknown as TreeItem[]) {
      for (const text of textsOf(item)) {
        expect(text).not.toMatch(ICON);
        expect(text).not.toMatch(/[\p{Cc}\p{Zl}\p{Zp}]/u);
        expect(text).not.toMatch(TURNS_OR_HIDES);
      }
      expect(item.tooltip).toBeInstanceOf(MarkdownString);
      const { value, isTrusted, supportHtml, supportThemeIcons } = item.tooltip as MarkdownString & {
        supportThemeIcons?: boolean;
      };
      expect([isTrusted, supportHtml, supportThemeIcons ?? false]).toEqual([false, false, false]);
      expect(value).not.toMatch(/(?<!\\)[[<]|:\/\//);
    }
  });
});

test("a list to choose from shows no icon but its own", async () => {
  const asked: string[] = [];
  editor.answers = [
    (offered) => {
      for (const { label, description, detail } of offered as readonly Record<
        "label" | "description" | "detail",
        string
      >[]) {
        asked.push(`${label.replace(ICON, "")}${description}${detail}`);
      }
    },
  ];
  await pickSession(PAYLOADS.map(everywhere), "Which?");
  expect(asked).toHaveLength(PAYLOADS.length);
  expect(asked.filter((each) => ICON.test(each) || TURNS_OR_HIDES.test(each))).toEqual([]);
});

test("every message goes out without links", () => {
  showInformation("[a](command:b)");
  showError("[a](command:b)", "[c](https://evil.example)");
  expect(editor.shown).toHaveLength(2);
  expect(editor.shown.filter(({ message }) => LINK.test(message))).toEqual([]);
});

test("an address and a path show what would turn them around, and one line leaves it out", () => {
  expect(spelledOut("https://a.example/\u202egpj.exe")).toBe("https://a.example/⟨U+202E⟩gpj.exe");
  expect(DECEIVING.map((each) => oneLine(each)).filter((each) => TURNS_OR_HIDES.test(each))).toEqual([]);
});
