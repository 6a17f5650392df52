// How much work a piece of code is, counted instead of timed: the same on every machine, however busy it is.

import { Session } from "node:inspector";

interface Coverage {
  readonly result: readonly {
    readonly url: string;
    readonly functions: readonly { readonly ranges: readonly { readonly count: number }[] }[];
  }[];
}

/** What stands in for the browser, and what runs the tests. */
const NOT_THE_PAGE = /^node:|\/node_modules\/(?:jsdom|parse5|nwsapi|cssstyle|whatwg-|vite|@?vitest)/;
/** Of strings' own methods those that go through the text. */
interface Scans {
  indexOf(this: string, sought: string, from?: number): number;
  lastIndexOf(this: string, sought: string, from?: number): number;
  includes(this: string, sought: string, from?: number): boolean;
}

/**
 * Counts how often functions and blocks of JavaScript run, and how many characters regular expressions and searches in
 * strings pass over, where they are asked anew. Made before the code runs first: blocks are counted from then on.
 */
export class WorkCounter {
  readonly #session = new Session();
  #passed = 0;

  constructor() {
    this.#session.connect();
    this.#session.post("Profiler.enable");
    this.#session.post("Profiler.startPreciseCoverage", { callCount: true, detailed: true });
  }

  /** Counts no longer. */
  dispose(): void {
    this.#session.disconnect();
  }

  /** The work of one run. */
  of(run: () => unknown): number {
    this.#ran();
    this.#passed = 0;
    const restore = this.#watchScans();
    try {
      run();
    } finally {
      restore();
    }
    return this.#ran() + this.#passed;
  }

  /** Since it was asked last. */
  #ran(): number {
    let counted = 0;
    this.#session.post("Profiler.takePreciseCoverage", (error, coverage) => {
      if (error !== null) {
        throw error;
      }
      const { result } = coverage as unknown as Coverage;
      for (const { functions } of result.filter(({ url }) => !NOT_THE_PAGE.test(url))) {
        for (const { ranges } of functions) {
          counted += ranges.reduce((sum, { count }) => sum + count, 0);
        }
      }
    });
    return counted;
  }

  #watchScans(): () => void {
    const { exec } = RegExp.prototype;
    const pass = (chars: number): void => {
      this.#passed += chars;
    };
    RegExp.prototype.exec = function (text: string) {
      const from = this.global || this.sticky ? this.lastIndex : 0;
      const match = exec.call(this, text);
      const end =
        match === null ? (this.sticky || isAnchored(this) ? from : text.length) : match.index + match[0].length;
      pass(Math.max(0, end - from));
      return match;
    };
    const scans: Scans = String.prototype;
    const { indexOf, includes, lastIndexOf } = scans;
    scans.indexOf = function (this: string, sought, from = 0) {
      const found = indexOf.call(this, sought, from);
      pass((found === -1 ? this.length : found) - from);
      return found;
    };
    scans.includes = function (this: string, sought, from = 0) {
      return scans.indexOf.call(this, sought, from) !== -1;
    };
    scans.lastIndexOf = function (this: string, sought, from = this.length) {
      const found = lastIndexOf.call(this, sought, from);
      pass(from - Math.max(0, found));
      return found;
    };
    return () => {
      RegExp.prototype.exec = exec;
      Object.assign(scans, { indexOf, includes, lastIndexOf });
    };
  }
}

/** One that fails at the beginning looks no further; how far it came there isn't known. */
function isAnchored({ source, multiline }: RegExp): boolean {
  return source.startsWith("^") && !multiline;
}
