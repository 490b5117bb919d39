import { now } from "./clock";

/** When each of a known number of things came to be as it should be, and when all were at once. */
export class Milestone {
  private readonly since = new Map<string, number>();
  private readonly waiters: (() => void)[] = [];
  private reachedAt: number | undefined;

  /** @param total things that are waited for */
  constructor(
    readonly name: string,
    readonly total: number,
  ) {}

  /** A thing is, or is no longer, as it should be. */
  mark(key: string, isSo: boolean): void {
    if (!isSo) {
      this.since.delete(key);
      return;
    }
    if (!this.since.has(key)) this.since.set(key, now());
    if (this.since.size < this.total || this.reachedAt !== undefined) return;
    this.reachedAt = now();
    for (const wake of this.waiters.splice(0)) wake();
  }

  get count(): number {
    return this.since.size;
  }

  /** When all were as they should be for the first time; undefined until then. */
  get at(): number | undefined {
    return this.reachedAt;
  }

  /** The times of all that are as they should be now, sorted. */
  get times(): readonly number[] {
    return [...this.since.values()].sort((a, b) => a - b);
  }

  /** Resolves when all are as they should be. @throws Error when that takes longer than `limitMs`. */
  async reached(limitMs: number): Promise<number> {
    if (this.reachedAt === undefined && this.total > 0) {
      let timer: NodeJS.Timeout | undefined;
      const late = new Promise<never>((_, reject) => {
        timer = setTimeout(() => {
          reject(new Error(`${this.name}: ${this.count} of ${this.total} after ${Math.round(limitMs / 1000)} s`));
        }, limitMs);
      });
      try {
        await Promise.race([new Promise<void>(resolve => this.waiters.push(resolve)), late]);
      } finally {
        clearTimeout(timer);
      }
    }
    return this.reachedAt ?? now();
  }
}
