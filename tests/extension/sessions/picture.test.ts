// @vitest-environment jsdom

import { expect, test } from "vitest";
import { AGENTS } from "../../../extension/src/protocol/agents";
import { badgeOf } from "../../../extension/src/sessions/badges";
import { ON_DARK, ON_LIGHT, pictureOf } from "../../../extension/src/sessions/picture";

const agents = [...AGENTS.map(({ id }) => id), "an-agent-of-the-bucket"];

test("an agent without a drawing has the general one, and no two drawings are the same", () => {
  const drawings = agents.map((agent) => pictureOf(agent, ON_LIGHT));
  const own = drawings.filter((drawing) => drawing !== drawings.at(-1));
  expect(own).not.toEqual([]);
  expect(new Set(own).size).toBe(own.length);
  expect(pictureOf("another", ON_LIGHT)).toBe(drawings.at(-1));
});

test.each(agents)(
  "the picture of %s is one well-formed SVG, on light and on dark, with and without a badge",
  (agent) => {
    for (const inks of [ON_LIGHT, ON_DARK]) {
      for (const badge of [undefined, badgeOf("live", false), badgeOf("mirrored", true)]) {
        const parsed = new DOMParser().parseFromString(pictureOf(agent, inks, badge), "image/svg+xml");
        expect(parsed.querySelector("parsererror")).toBeNull();
        expect(parsed.documentElement.tagName).toBe("svg");
      }
    }
  },
);

test("what is wrong with a mirror is marked unless the session has a problem that is worse", () => {
  expect(badgeOf("mirrored", true).tone).toBe("warning");
  expect(badgeOf("error", true)).toBe(badgeOf("error", false));
});
