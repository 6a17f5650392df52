/** Two small tools for code that waits for whichever comes first. */

/** A promise that its owner settles; a rejection that nobody waits for is no error. */
export class Deferred<T> {
  readonly promise: Promise<T>;
  resolve!: (value: T) => void;
  reject!: (error: Error) => void;

  constructor() {
    this.promise = new Promise<T>((resolve, reject) => {
      this.resolve = resolve;
      this.reject = reject;
    });
    this.promise.catch(() => undefined);
  }
}

/** Like `Promise.race` with a time limit, whose timer doesn't outlive the race. */
export async function raceFor<T, L>(limitMs: number, late: L, ...promises: Promise<T>[]): Promise<T | L> {
  let timer: NodeJS.Timeout | undefined;
  const limit = new Promise<L>((resolve) => {
    timer = setTimeout(() => resolve(late), limitMs);
  });
  try {
    return await Promise.race([limit, ...promises]);
  } finally {
    clearTimeout(timer);
  }
}
