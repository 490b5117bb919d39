/** A limit from how much slower than at rest a server answers. */

export interface LatencyGradientOptions {
  readonly max: number;
  readonly now: () => number;
}

/** Answers that take up to so many times the shortest of their kind are no sign of overload. */
const TOLERANCE = 4;
/**
 * Nor is what is quicker than this, in milliseconds: on a busy machine a server does more with more requests under way, though each takes longer (measured: 64,
 * 89, 104 and 120 applies a second with 8, 16, 32 and 64 under way).
 */
const SLOW_MS = 1_000;
/** Never fewer by latency alone, so that a server which is slow for another reason is still asked for as much as it can do. */
const LEAST = 8;
/** Latencies are judged together, as many as are under way at once and for at least so long. */
const WINDOW_MS = 200;
/** How far one window moves the limit to where it says. */
const WEIGHT = 0.3;
/** What was fast once counts for so long: the cluster may have become a slower one. */
const MEMORY_MS = 600_000;

interface Shortest {
  known: number;
  /** Since the memory was last renewed. */
  recent: number;
}

/**
 * After TCP Vegas and Netflix's "gradient": with the mean of a window's latencies, each in multiples of what is tolerable for its kind, the limit goes to
 * limit × min(1, 1 ÷ mean) + √limit. A server that only queues what it gets answers as much as before with fewer under way, and keeps
 * its seats (API Priority and Fairness) for others.
 */
export class LatencyGradient {
  private current: number;
  private readonly shortest = new Map<string, Shortest>();
  private remembered: number;
  private windowSince: number;
  private sum = 0;
  private count = 0;
  private busiest = 0;

  constructor(private readonly options: LatencyGradientOptions) {
    this.current = options.max;
    this.windowSince = this.remembered = options.now();
  }

  get limit(): number {
    return this.current;
  }

  /**
   * @param kind of request: only those of one kind are compared with each other, since a webhook may make one slow by nature
   * @param active requests under way when the answer came, its own included
   */
  observe(kind: string, latencyMs: number, active: number): void {
    const now = this.options.now();
    // Less than the clock's own steps tells nothing.
    const latency = Math.max(1, latencyMs);
    this.sum += latency / Math.max(SLOW_MS, TOLERANCE * this.shortestOf(kind, latency, now));
    this.count++;
    this.busiest = Math.max(this.busiest, active);
    if (now - this.windowSince < WINDOW_MS || this.count < Math.min(LEAST, this.current)) return;
    this.judge(this.sum / this.count);
    this.windowSince = now;
    this.sum = this.count = this.busiest = 0;
  }

  private shortestOf(kind: string, latency: number, now: number): number {
    if (now - this.remembered >= MEMORY_MS) {
      this.remembered = now;
      for (const [one, { recent }] of this.shortest) {
        if (recent === Infinity) this.shortest.delete(one);
        else this.shortest.set(one, { known: recent, recent: Infinity });
      }
    }
    const shortest = this.shortest.get(kind) ?? { known: Infinity, recent: Infinity };
    shortest.known = Math.min(shortest.known, latency);
    shortest.recent = Math.min(shortest.recent, latency);
    this.shortest.set(kind, shortest);
    return shortest.known;
  }

  private judge(mean: number): void {
    const gradient = Math.min(1, 1 / mean);
    // What was not used up tells nothing of what more would do.
    if (gradient === 1 && this.busiest < this.current / 2) return;
    const wanted = this.current * gradient + Math.sqrt(this.current);
    const next = this.current + WEIGHT * (wanted - this.current);
    this.current = Math.min(this.options.max, Math.max(Math.min(LEAST, this.options.max), next));
  }
}
