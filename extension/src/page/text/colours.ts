/**
 * What colours code: brought in when code was drawn for the first time, not with the page, whose beginning it would put
 * off. Until then code is plain, in the same place and as large.
 */

type Grammars = typeof import("./grammars");

let grammars: Grammars | undefined;
let coming: Promise<void> | undefined;

/** Undefined until they were brought. */
export function broughtColours(): Grammars | undefined {
  return grammars;
}

/** Resolves when code can be coloured. */
export function bringColours(): Promise<void> {
  coming ??= import("./grammars").then((brought) => {
    grammars = brought;
  });
  return coming;
}
