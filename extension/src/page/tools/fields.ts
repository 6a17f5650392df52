/** A tool's arguments, as they were written into the session: anything may be in them. */

import { isObject, isString } from "../../shared/shape";

const MAX_INDENTED_DEPTH = 50;

export type Fields = Readonly<Record<string, unknown>>;

/** `undefined` when the text isn't a whole JSON object. */
export function fieldsOf(text: string): Fields | undefined {
  try {
    const parsed: unknown = JSON.parse(text);
    return isObject(parsed) ? parsed : undefined;
  } catch {
    return undefined;
  }
}

/** The first of these fields that holds text; empty when none does. */
export function textIn(fields: Fields, ...names: readonly string[]): string {
  return names.map((name) => fields[name]).find((value): value is string => isString(value) && value !== "") ?? "";
}

/** A whole number in one of these fields. */
export function numberIn(fields: Fields, ...names: readonly string[]): number | undefined {
  return names.map((name) => Number(fields[name] ?? Number.NaN)).find(Number.isSafeInteger);
}

/** The objects in one of these fields that holds a list. */
export function objectsIn(fields: Fields, ...names: readonly string[]): readonly Fields[] {
  const list = names.map((name) => fields[name]).find(Array.isArray);
  return Array.isArray(list) ? list.filter(isObject) : [];
}

/** All that isn't in the given fields, for what no view knows about. */
export function others(fields: Fields, known: readonly string[]): readonly (readonly [name: string, value: string])[] {
  return Object.entries(fields)
    .filter(([name]) => !known.includes(name))
    .map(([name, value]) => [name, isString(value) ? value : spelled(value)]);
}

/** As JSON, indented unless it is nested so deeply that the indents would outgrow it. */
function spelled(value: unknown): string {
  try {
    const text = JSON.stringify(value) ?? "";
    return depthOf(text) > MAX_INDENTED_DEPTH ? text : JSON.stringify(value, null, 2);
  } catch {
    return "(nested too deeply to be shown)";
  }
}

/** Brackets within strings count as well, and only cost an indent. */
function depthOf(json: string): number {
  let depth = 0;
  let deepest = 0;
  for (const bracket of json.match(/[[{}\]]/g) ?? []) {
    depth += bracket === "[" || bracket === "{" ? 1 : -1;
    deepest = Math.max(deepest, depth);
  }
  return deepest;
}
