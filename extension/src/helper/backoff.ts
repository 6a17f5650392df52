/** How long to wait before the helper is started again. */

const FIRST_MS = 500;
const LONGEST_MS = 30_000;

/** A helper that ran this long was healthy: the next restart counts as the first. */
export const STABLE_AFTER_MS = 60_000;

/** Doubles from half a second to half a minute, then shortened at random by up to a half. `attempt` counts from 1. */
export function backoffMs(attempt: number, random: () => number = Math.random): number {
  const full = Math.min(LONGEST_MS, FIRST_MS * 2 ** (Math.max(1, attempt) - 1));
  return Math.round(full * (1 - random() / 2));
}
