import { setImmediate } from "node:timers/promises";

/** Milliseconds of work without a pause, after which others get their turn: a connection that is kept waiting is closed. */
const TURN_MS = 5;
/** Milliseconds that one step may take, which nothing interrupts but itself. */
const STEP_MS = 250;

interface TurnsOptions {
  /** Ends all steps when it aborts. */
  readonly signal?: AbortSignal;
  readonly now?: () => number;
  /** Lets everybody else have a turn. */
  readonly pause?: () => Promise<unknown>;
}

/** Work in steps that shares the event loop with everybody else, and ends in time. */
export class Turns {
  private readonly signal: AbortSignal | undefined;
  private readonly now: () => number;
  private readonly pause: () => Promise<unknown>;
  /** Milliseconds of all turns but the last. */
  private worked = 0;
  /** When the last turn began; undefined before the first. */
  private turn: number | undefined;
  private step = 0;

  /** @param limitMs milliseconds that all steps may take, without the pauses in between */
  constructor(
    private readonly limitMs: number,
    { signal, now = () => performance.now(), pause = () => setImmediate() }: TurnsOptions = {},
  ) {
    this.signal = signal;
    this.now = now;
    this.pause = pause;
  }

  /** To be awaited before each step. */
  async next(): Promise<void> {
    const now = this.now();
    const worked = now - (this.turn ?? -Infinity);
    if (worked < TURN_MS) {
      this.step = now;
      return;
    }
    if (this.turn !== undefined) this.worked += worked;
    await this.pause();
    this.turn = this.step = this.now();
  }

  /** Takes steps until there are no more. @returns false when time was up before */
  async take(steps: Iterator<unknown>): Promise<boolean> {
    do {
      await this.next();
      if (this.isSpent(this.step)) return false;
    } while (steps.next().done !== true);
    return true;
  }

  /** Whether the step that is under way must end: it has taken too long, or all of them have. */
  isOver(): boolean {
    const now = this.now();
    return now > this.step + STEP_MS || this.isSpent(now);
  }

  private isSpent(now: number): boolean {
    return this.signal?.aborted === true || this.worked + now - (this.turn ?? now) > this.limitMs;
  }
}
