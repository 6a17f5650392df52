// Each test is a part of the benchmark: what an earlier run measured to the end isn't measured again.

import { test as base } from "../../../tests/e2e/support/fixtures";
import { options, reportEnd } from "./options";

export const test = base.extend<{ readonly part: undefined }>({
  everyBuiltin: true,
  part: [
    // biome-ignore lint/correctness/noEmptyPattern: Playwright reads the fixtures' names from it
    async ({}, use, info) => {
      info.skip(options.done.includes(info.title), "measured before");
      await use(undefined);
      if (info.status === info.expectedStatus) {
        reportEnd();
      }
    },
    { auto: true },
  ],
});
