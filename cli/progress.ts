import { type Output } from "./environment";

/** Milliseconds between two pictures: more often is unrest. */
const FRAME_MS = 100;
const WIDTH = 24;

/** A bar on a terminal's standard error; nothing where nobody watches. */
export class Progress {
  private done = 0;
  private shownAt = 0;
  private visible = false;

  constructor(
    private readonly output: Output,
    private readonly what: string,
    private readonly total: number,
    private readonly now: () => number = Date.now,
  ) {}

  step(): void {
    this.done++;
    const now = this.now();
    if (this.output.isTTY !== true || now - this.shownAt < FRAME_MS) return;
    this.shownAt = now;
    this.visible = true;
    const share = this.total === 0 ? 1 : this.done / this.total;
    const filled = Math.round(share * WIDTH);
    const bar = "#".repeat(filled) + ".".repeat(WIDTH - filled);
    this.output.write(`\r\u001b[K[${bar}] ${this.done} of ${this.total} ${this.what}`);
  }

  /** Takes the bar away, so that the next line stands alone. */
  clear(): void {
    if (this.visible) this.output.write("\r\u001b[K");
    this.visible = false;
  }
}
