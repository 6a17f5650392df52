/**
 * What colours code: brought in when code was drawn for the first time, not with the page, whose beginning it would put
 * off. Until then code is plain, in the same place and as large.
 */

const LATEST_MS = 400;

type Grammars = typeof import("./grammars");

let grammars: Grammars | undefined;
let coming: Promise<void> | undefined;

/** Undefined until they were brought. */
export function broughtColours(): Grammars | undefined {
  return grammars;
}

/** Resolves when code can be coloured. */
export function bringColours(): Promise<void> {
  coming ??= leisure()
    .then(() => import("./grammars"))
    .then((brought) => {
      grammars = brought;
    });
  return coming;
}

/** When there is nothing more urgent to do, such as the frames in which a page appears. */
function leisure(): Promise<void> {
  return new Promise((resolve) => {
    if (typeof requestIdleCallback === "function") {
      requestIdleCallback(() => resolve(), { timeout: LATEST_MS });
    } else {
      setTimeout(resolve, LATEST_MS);
    }
  });
}
