import { setImmediate } from "node:timers/promises";

/** Milliseconds of work without a pause, after which others get their turn: a connection that is kept waiting is closed. */
const TURN_MS = 5;
/** Milliseconds that one step may take, which nothing interrupts but itself. */
const STEP_MS = 250;

/** Work in steps that shares the event loop with everybody else, and ends in time. */
export class Turns {
  private readonly end: number;
  private turn = -Infinity;
  private step: number;

  /** @param limitMs milliseconds that all steps may take, with the pauses in between */
  constructor(
    limitMs: number,
    private readonly now = () => performance.now(),
  ) {
    this.step = now();
    this.end = this.step + limitMs;
  }

  /** To be awaited before each step. */
  async next(): Promise<void> {
    if (this.now() - this.turn >= TURN_MS) {
      await setImmediate();
      this.turn = this.now();
    }
    this.step = this.now();
  }

  /** Whether the step that is under way must end: it has taken too long, or all of them have. */
  isOver(): boolean {
    const now = this.now();
    return now > this.end || now > this.step + STEP_MS;
  }
}
