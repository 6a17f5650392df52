/** Small checks that the guards of messages are put together from. */

export type Guard<T> = (value: unknown) => value is T;

export function isObject(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

export const isString: Guard<string> = (value) => typeof value === "string";

export const isBoolean: Guard<boolean> = (value) => typeof value === "boolean";

/** A whole number from 0 on: an index, a count, an offset. */
export const isCount: Guard<number> = (value): value is number =>
  typeof value === "number" && Number.isSafeInteger(value) && value >= 0;

export const isNumber: Guard<number> = (value): value is number => typeof value === "number" && Number.isFinite(value);

export function oneOf<const T extends string>(...choices: readonly T[]): Guard<T> {
  const known: ReadonlySet<unknown> = new Set(choices);
  return (value): value is T => known.has(value);
}

export function orNull<T>(guard: Guard<T>): Guard<T | null> {
  return (value): value is T | null => value === null || guard(value);
}

/** For a field that an earlier version of a format did not have. */
export function orAbsent<T>(guard: Guard<T>): Guard<T | undefined> {
  return (value): value is T | undefined => value === undefined || guard(value);
}

export function listOf<T>(guard: Guard<T>): Guard<readonly T[]> {
  return (value): value is readonly T[] => Array.isArray(value) && value.every(guard);
}

/** Objects with at least these fields. Fields that the compiler knows and the table forgets don't compile. */
export function shape<T extends object>(fields: { readonly [K in keyof T]-?: Guard<T[K]> }): Guard<T> {
  const checks: readonly (readonly [string, Guard<unknown>])[] = Object.entries(fields);
  return (value): value is T => isObject(value) && checks.every(([name, guard]) => guard(value[name]));
}
