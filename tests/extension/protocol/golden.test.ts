/** The golden messages, which the helper decodes and encodes in its own tests, are of the types we generate from it. */

import { readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { Declarations } from "./declarations";

interface Golden {
  readonly requests: readonly { readonly method: string; readonly params: unknown; readonly result: unknown }[];
  readonly facts: readonly { readonly method: string; readonly params: unknown }[];
}

interface Invalid {
  readonly why: string;
  readonly method: string;
  readonly params: unknown;
  /** TypeScript has one type for all numbers. */
  readonly typesCannotTell?: boolean;
}

const root = join(__dirname, "../../..");
const source = readFileSync(join(root, "extension/src/protocol/messages.ts"), "utf8");
const declarations = new Declarations(source);
const golden = ["mirror", "sessions", "replay"].map((name): Golden => read(name));
const requests = golden.flatMap((area) => area.requests);
const facts = golden.flatMap((area) => area.facts);
const invalid: readonly Invalid[] = read("invalid");

const requestTypes = table(/^ {2}readonly "([^"]+)": \{ readonly params: (\w+); readonly result: (\w+) \};$/gm);
const factTypes = table(/^ {2}readonly "([^"]+)": (\w+);$/gm);

describe("the golden messages", () => {
  it("have an example of every method", () => {
    expect(new Set(requests.map(({ method }) => method))).toEqual(new Set(requestTypes.keys()));
    expect(new Set(facts.map(({ method }) => method))).toEqual(new Set(factTypes.keys()));
  });

  it.each(requests)("$method takes parameters and gives results as declared", ({ method, params, result }) => {
    const [paramsType = "", resultType = ""] = requestTypes.get(method) ?? [];
    expect(declarations.complaints(paramsType, params)).toEqual([]);
    expect(declarations.complaints(resultType, result)).toEqual([]);
  });

  it.each(facts)("$method tells what is declared", ({ method, params }) => {
    expect(declarations.complaints(factTypes.get(method)?.[0] ?? "", params)).toEqual([]);
  });

  it.each(invalid.filter(({ typesCannotTell }) => typesCannotTell !== true))(
    "$why: would not compile for $method either",
    ({ method, params }) => {
      expect(declarations.complaints(requestTypes.get(method)?.[0] ?? "", params)).not.toEqual([]);
    },
  );
});

function read<T>(name: string): T {
  return JSON.parse(readFileSync(join(root, "tests/protocol", `${name}.json`), "utf8"));
}

function table(line: RegExp): Map<string, string[]> {
  return new Map([...source.matchAll(line)].map(([, method = "", ...types]) => [method, types]));
}
