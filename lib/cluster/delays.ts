import { type Clock, type Timer } from "./clock";

interface Delay {
  readonly dueAt: number;
  readonly timer: Timer;
}

/** At most one pending call for each key: of several, the earliest is kept. */
export class Delays<Key extends string> {
  private readonly pending = new Map<Key, Delay>();

  constructor(private readonly clock: Clock) {}

  get size(): number {
    return this.pending.size;
  }

  set(key: Key, ms: number, callback: () => void): void {
    const dueAt = this.clock.now() + ms;
    const known = this.pending.get(key);
    if (known !== undefined && known.dueAt <= dueAt) return;
    known?.timer.cancel();
    const timer = this.clock.after(ms, () => {
      this.pending.delete(key);
      callback();
    });
    this.pending.set(key, { dueAt, timer });
  }

  cancel(key: Key): void {
    this.pending.get(key)?.timer.cancel();
    this.pending.delete(key);
  }

  clear(): void {
    for (const { timer } of this.pending.values()) timer.cancel();
    this.pending.clear();
  }
}
