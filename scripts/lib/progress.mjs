// What a person watches while things are prepared: one line per step, with its time.

import { Failure } from "./run.mjs";

const interactive = process.stdout.isTTY === true;

/**
 * @template T
 * @param {string} title
 * @param {() => Promise<T>} work
 * @returns {Promise<T>}
 */
export async function step(title, work) {
  const began = Date.now();
  const seconds = () => `${((Date.now() - began) / 1000).toFixed(1)} s`;
  let ticking;
  if (interactive) {
    const draw = () => process.stdout.write(`\r  … ${title} (${seconds()})`);
    draw();
    ticking = setInterval(draw, 1000);
  } else {
    console.log(`  … ${title}`);
  }
  try {
    const result = await work();
    say("✓", `${title} (${seconds()})`);
    return result;
  } catch (error) {
    say("✗", title);
    throw error;
  } finally {
    clearInterval(ticking);
  }
}

/**
 * @param {string} mark
 * @param {string} text
 */
function say(mark, text) {
  console.log(`${interactive ? "\r\x1b[K" : ""}  ${mark} ${text}`);
}

/**
 * Runs a script's main function: a failure is shown as its message, anything else with its stack.
 * @param {() => Promise<number | undefined>} main
 */
export async function runMain(main) {
  try {
    process.exitCode = (await main()) ?? 0;
  } catch (error) {
    console.error(error instanceof Failure ? `\n${error.message}` : error);
    process.exitCode = 1;
  }
}
