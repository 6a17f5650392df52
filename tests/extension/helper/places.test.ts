import { expect, test } from "vitest";
import { usualPlaces } from "../../../extension/src/helper/python/places";

const commands = (platform: NodeJS.Platform, env: Record<string, string>) =>
  usualPlaces(platform, env).map(({ command, args }) => [command, ...args].join(" "));

test("newest first, and every folder of PATH before the usual ones", () => {
  const found = commands("linux", { PATH: "/mine:/usr/bin", HOME: "/home/u" });
  expect(found[0]).toBe("/mine/python3.14");
  expect(found.indexOf("/mine/python3.14")).toBeLessThan(found.indexOf("/usr/local/bin/python3.14"));
  expect(found.indexOf("/usr/bin/python3.11")).toBeLessThan(found.indexOf("/mine/python3.10"));
  expect(found.indexOf("/mine/python3.10")).toBeLessThan(found.indexOf("/mine/python3"));
  expect(found.indexOf("/mine/python3")).toBeLessThan(found.indexOf("/mine/python"));
  expect(found).toContain("/home/u/.pyenv/shims/python3");
});

test("no place is relative, whatever PATH says", () => {
  const found = commands("linux", { PATH: ".::bin:./x:/usr/bin" });
  expect(found.filter((command) => !command.startsWith("/"))).toEqual([]);
});

test("no place is named twice", () => {
  const found = commands("darwin", { PATH: "/usr/bin:/usr/bin:/opt/homebrew/bin", HOME: "/Users/u" });
  expect(new Set(found).size).toBe(found.length);
});

test("on Windows the launcher comes first, then PATH, then where the installer puts it", () => {
  const env = { Path: "C:\\mine;relative", SystemRoot: "C:\\Windows", LOCALAPPDATA: "C:\\Users\\u\\AppData\\Local" };
  const found = commands("win32", env);
  expect(found[0]).toBe("C:\\Windows\\py.exe -3");
  expect(found).toContain("C:\\Users\\u\\AppData\\Local\\Programs\\Python\\Python312\\python.exe");
  expect(found.some((command) => command.startsWith("relative"))).toBe(false);
});
