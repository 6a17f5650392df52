/** Imports point down, as docs/architecture.md draws them; the page and what it shares never know the editor. */

import { readdirSync, readFileSync } from "node:fs";
import { join, relative } from "node:path";
import { expect, test } from "vitest";

const SOURCE = join(__dirname, "../../../extension/src");
const MAX_LINES = 320;

/** The rooms that each room may import from, besides itself. */
const MAY_IMPORT: Readonly<Record<string, readonly string[]>> = {
  extension: ["sessions", "hooks", "replay", "status", "helper", "host", "protocol"],
  sessions: ["helper", "host", "protocol", "shared"],
  replay: ["helper", "host", "protocol", "shared"],
  hooks: ["helper", "host", "protocol"],
  status: ["helper", "host", "protocol"],
  helper: ["host", "protocol"],
  host: ["protocol"],
  page: ["shared", "protocol"],
  shared: ["protocol"],
  protocol: [],
};
const WITHOUT_VSCODE = ["page", "shared", "protocol"];

const files = readdirSync(SOURCE, { recursive: true, encoding: "utf8" }).filter((name) => /\.tsx?$/.test(name));

function importsOf(file: string): string[] {
  const text = readFileSync(join(SOURCE, file), "utf8");
  return [...text.matchAll(/(?:from|import)\s*\(?\s*"([^"]+)"/g)].map((match) => match[1] ?? "");
}

function roomOf(file: string): string {
  return (file.split(/[\\/]/)[0] ?? "").replace(/\.ts$/, "");
}

test("every room has its arrows", () => {
  expect(new Set(files.map(roomOf))).toEqual(new Set(Object.keys(MAY_IMPORT)));
});

test.each(files)("%s imports only from rooms below", (file) => {
  const room = roomOf(file);
  const rooms = importsOf(file)
    .filter((target) => target.startsWith("."))
    .map((target) => roomOf(relative(SOURCE, join(SOURCE, file, "..", target))))
    .filter((target) => target !== room);
  const allowed = MAY_IMPORT[room] ?? [];
  expect(rooms.filter((target) => !allowed.includes(target))).toEqual([]);
});

test.each(files.filter((file) => WITHOUT_VSCODE.includes(roomOf(file))))("%s does not know the editor", (file) => {
  expect(importsOf(file).filter((target) => target === "vscode" || target.startsWith("node:"))).toEqual([]);
});

test.each(files.filter((file) => roomOf(file) !== "protocol"))("%s is one idea", (file) => {
  expect(readFileSync(join(SOURCE, file), "utf8").split("\n").length).toBeLessThanOrEqual(MAX_LINES);
});
