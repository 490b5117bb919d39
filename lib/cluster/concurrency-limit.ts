/** How many requests may be under way: as many as allowed while the server keeps up, fewer when it says or shows that it does not. */

import { abortReason } from "./clock";
import { Fifo } from "./fifo";
import { LatencyGradient } from "./latency-gradient";

/** Who goes first. Of each class but the first some places stay free, so that somebody urgent never waits for a crowd. */
export type Priority = "urgent" | "fresh" | "bulk";

/** In the order of urgency, with the share of all places that a class and those behind it may take. */
const CLASSES: readonly { readonly priority: Priority; readonly share: number }[] = [
  { priority: "urgent", share: 1 },
  { priority: "fresh", share: 7 / 8 },
  { priority: "bulk", share: 3 / 4 },
];
/** One in so many places goes to whoever is last, so that nobody waits for ever. */
const LAST_EVERY = 8;

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

interface Waiting {
  readonly rank: number;
  readonly share: number;
  readonly waiters: Fifo<Waiter>;
  /** Who wants a place; the queue also holds those who gave up. */
  wanting: number;
  active: number;
}

/** The server needs a moment to show the effect of the last cut; several answers of one burst count as one. */
const CUT_SPACING_MS = 1_000;

/**
 * First come, first served within a class. Additive increase, multiplicative decrease: `overloaded()` halves the limit, at most once
 * a second, and every `succeeded()` raises it by a share of one. Beside that, answers that come slower and slower lower it (see {@link LatencyGradient}).
 */
export class ConcurrencyLimit {
  private readonly max: number;
  private readonly now: () => number;
  private readonly classes: readonly Waiting[];
  private readonly gradient: LatencyGradient;
  private allowed: number;
  private active = 0;
  private turn = 0;
  private lastCut = -Infinity;

  constructor(options: ConcurrencyLimitOptions) {
    this.max = Math.max(1, options.max);
    this.allowed = this.max;
    this.now = options.now ?? Date.now;
    this.gradient = new LatencyGradient({ max: this.max, now: this.now });
    this.classes = CLASSES.map(({ share }, rank) => ({ rank, share, waiters: new Fifo(), wanting: 0, active: 0 }));
  }

  /** Requests that may run at once now. */
  get limit(): number {
    return Math.max(1, Math.floor(Math.min(this.allowed, this.gradient.limit)));
  }

  get running(): number {
    return this.active;
  }

  get waiting(): number {
    return this.classes.reduce((sum, { wanting }) => sum + wanting, 0);
  }

  /** Resolves when a place is free; `release()` gives it back. Rejects with the signal's reason when that is aborted first. */
  acquire(signal?: AbortSignal, priority: Priority = "urgent"): Promise<void> {
    if (signal?.aborted === true) return Promise.reject(abortReason(signal));
    const own = this.class(priority);
    if (this.waitingUpTo(own) === 0 && this.hasPlaceFor(own)) {
      this.enter(own);
      return Promise.resolve();
    }
    return new Promise((resolve, reject) => {
      const onAbort = (): void => {
        waiter.wanted = false;
        own.wanting--;
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
      own.waiters.push(waiter);
      own.wanting++;
    });
  }

  release(priority: Priority = "urgent"): void {
    this.active--;
    this.class(priority).active--;
    this.admit();
  }

  /** @param took of a request whose time tells how busy the server is; left out for those that take their time anyway */
  succeeded(took?: { readonly kind: string; readonly ms: number }): void {
    if (took !== undefined) this.gradient.observe(took.kind, took.ms, this.active);
    if (this.allowed < this.max) this.allowed = Math.min(this.max, this.allowed + 1 / this.allowed);
    this.admit();
  }

  overloaded(): void {
    if (this.now() - this.lastCut < CUT_SPACING_MS) return;
    this.lastCut = this.now();
    this.allowed = Math.max(1, Math.min(this.allowed, this.gradient.limit) / 2);
  }

  private admit(): void {
    for (let next = this.next(); next !== undefined; next = this.next()) {
      const waiter = next.waiters.shift();
      if (waiter?.wanted !== true) continue;
      next.wanting--;
      this.enter(next);
      waiter.admit();
    }
  }

  private enter(own: Waiting): void {
    this.active++;
    own.active++;
    this.turn = (this.turn + 1) % LAST_EVERY;
  }

  /** The class whose turn it is, of those that have somebody waiting and a place for it. */
  private next(): Waiting | undefined {
    const ready = this.classes.filter(one => one.wanting > 0 && this.hasPlaceFor(one));
    return this.turn === 0 ? ready.at(-1) : ready[0];
  }

  /** Places are counted for a class together with all that are less urgent. */
  private hasPlaceFor({ rank, share }: Waiting): boolean {
    const { limit } = this;
    if (this.active >= limit) return false;
    const behind = this.classes.reduce((sum, one) => (one.rank >= rank ? sum + one.active : sum), 0);
    return behind < Math.max(1, Math.floor(limit * share));
  }

  /** Who waits and is to be asked first. */
  private waitingUpTo({ rank }: Waiting): number {
    return this.classes.reduce((sum, one) => (one.rank <= rank ? sum + one.wanting : sum), 0);
  }

  private class(priority: Priority): Waiting {
    const found = this.classes[CLASSES.findIndex(one => one.priority === priority)];
    if (found === undefined) throw new RangeError(`there is no priority ${priority}`);
    return found;
  }
}
