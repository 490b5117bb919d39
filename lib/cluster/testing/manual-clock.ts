import { type Clock, type Timer } from "../clock";

interface Pending {
  readonly dueAt: number;
  readonly callback: () => void;
}

/** Time that passes only when a spec says so. */
export class ManualClock implements Clock {
  private readonly pending = new Set<Pending>();

  constructor(private time = 1_000_000) {}

  now(): number {
    return this.time;
  }

  after(ms: number, callback: () => void): Timer {
    const entry = { dueAt: this.time + ms, callback };
    this.pending.add(entry);
    return { cancel: () => this.pending.delete(entry) };
  }

  /** Waits that are set now, in milliseconds from now, shortest first. */
  get waits(): number[] {
    return [...this.pending].map(({ dueAt }) => dueAt - this.time).sort((a, b) => a - b);
  }

  /** Lets time pass; due callbacks run in the order of their time, and promises settle after each. */
  async advance(ms: number): Promise<void> {
    const until = this.time + ms;
    for (;;) {
      const due = [...this.pending].filter(({ dueAt }) => dueAt <= until).sort((a, b) => a.dueAt - b.dueAt)[0];
      if (due === undefined) break;
      this.pending.delete(due);
      this.time = Math.max(this.time, due.dueAt);
      due.callback();
      await settle();
    }
    this.time = until;
    await settle();
  }
}

/** Lets every promise that can settle without I/O do so. */
export function settle(): Promise<void> {
  return new Promise(resolve => setImmediate(resolve));
}

/** Resolves when the condition holds; a spec that waits for what never comes fails by Jest's own timeout. */
export async function until(condition: () => boolean): Promise<void> {
  while (!condition()) await new Promise(resolve => setTimeout(resolve, 2));
}
