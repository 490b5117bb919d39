/** How many requests may be under way: as many as allowed while the server keeps up, fewer when it says that it does not. */

import { abortReason } from "./clock";
import { Fifo } from "./fifo";

export interface ConcurrencyLimitOptions {
  /** Never more than this many at once. */
  readonly max: number;
  readonly now?: () => number;
}

interface Waiter {
  /** False when it gave up; it then stays in the queue until its turn. */
  wanted: boolean;
  readonly admit: () => void;
}

/** The server needs a moment to show the effect of the last cut; several answers of one burst count as one. */
const CUT_SPACING_MS = 1_000;

/**
 * First come, first served. Additive increase, multiplicative decrease: `overloaded()` halves the limit, at most once
 * a second, and every `succeeded()` raises it by a share of one.
 */
export class ConcurrencyLimit {
  private readonly max: number;
  private readonly now: () => number;
  private readonly waiters = new Fifo<Waiter>();
  private wanting = 0;
  private allowed: number;
  private active = 0;
  private lastCut = -Infinity;

  constructor(options: ConcurrencyLimitOptions) {
    this.max = Math.max(1, options.max);
    this.allowed = this.max;
    this.now = options.now ?? Date.now;
  }

  /** Requests that may run at once now. */
  get limit(): number {
    return Math.max(1, Math.floor(this.allowed));
  }

  get running(): number {
    return this.active;
  }

  get waiting(): number {
    return this.wanting;
  }

  /** Resolves when a place is free; `release()` gives it back. Rejects with the signal's reason when that is aborted first. */
  acquire(signal?: AbortSignal): Promise<void> {
    if (signal?.aborted === true) return Promise.reject(abortReason(signal));
    if (this.active < this.limit && this.wanting === 0) {
      this.active++;
      return Promise.resolve();
    }
    return new Promise((resolve, reject) => {
      const onAbort = (): void => {
        waiter.wanted = false;
        this.wanting--;
        if (signal !== undefined) reject(abortReason(signal));
      };
      const waiter: Waiter = {
        wanted: true,
        admit: () => {
          signal?.removeEventListener("abort", onAbort);
          resolve();
        },
      };
      signal?.addEventListener("abort", onAbort, { once: true });
      this.waiters.push(waiter);
      this.wanting++;
    });
  }

  release(): void {
    this.active--;
    this.admit();
  }

  succeeded(): void {
    if (this.allowed >= this.max) return;
    this.allowed = Math.min(this.max, this.allowed + 1 / this.allowed);
    this.admit();
  }

  overloaded(): void {
    if (this.now() - this.lastCut < CUT_SPACING_MS) return;
    this.lastCut = this.now();
    this.allowed = Math.max(1, this.allowed / 2);
  }

  private admit(): void {
    while (this.active < this.limit) {
      const waiter = this.waiters.shift();
      if (waiter === undefined) return;
      if (!waiter.wanted) continue;
      this.wanting--;
      this.active++;
      waiter.admit();
    }
  }
}
