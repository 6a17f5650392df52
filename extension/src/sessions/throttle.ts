/** Runs at once after a pause, then at most once in `intervalMs`; the last call is never lost. */
export class Throttle {
  private timer: NodeJS.Timeout | undefined;
  private waiting = false;

  constructor(
    private readonly intervalMs: number,
    private readonly run: () => void,
  ) {}

  call(): void {
    if (this.timer !== undefined) {
      this.waiting = true;
      return;
    }
    this.run();
    this.timer = setTimeout(() => {
      this.timer = undefined;
      if (this.waiting) {
        this.waiting = false;
        this.call();
      }
    }, this.intervalMs);
  }

  dispose(): void {
    clearTimeout(this.timer);
    this.timer = undefined;
    this.waiting = false;
  }
}
