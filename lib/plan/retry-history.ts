import { SparseMap } from "./sparse-map";

interface Failure {
  readonly attempts: number;
  readonly dueAt: number;
  readonly message: string;
  /** What was tried; something else is tried at once. */
  readonly content: string;
  readonly passing: boolean;
}

export interface RetryBounds {
  readonly firstMs: number;
  readonly longestMs: number;
}

/**
 * What the API server refuses for one node, by object: each is tried again ever less often, however often the node is looked at meanwhile, and told
 * once. Losing it costs one attempt and one event more.
 */
export class RetryHistory {
  private readonly failures = new SparseMap<Failure>();

  constructor(private readonly bounds: RetryBounds) {}

  /** Milliseconds until the same is tried again; 0 when that may happen now. */
  waitLeft(key: string, now: number, content = ""): number {
    const failure = this.failures.get(key);
    return failure === undefined || failure.content !== content ? 0 : Math.max(0, failure.dueAt - now);
  }

  /** What the last attempt came to; undefined when it did not fail. */
  message(key: string): string | undefined {
    return this.failures.get(key)?.message;
  }

  /** Whether the last failure was one that ends without anybody's help. */
  isPassing(key: string): boolean {
    return this.failures.get(key)?.passing === true;
  }

  /** Notes a failure. Returns whether it is news: the first, or in other words than the last. */
  failed(key: string, message: string, now: number, content = "", passing = false): boolean {
    const previous = this.failures.get(key);
    const attempts = previous?.content === content ? previous.attempts + 1 : 1;
    const wait = Math.min(this.bounds.firstMs * 2 ** (attempts - 1), this.bounds.longestMs);
    this.failures.set(key, { attempts, dueAt: now + wait, message, content, passing });
    return previous?.message !== message;
  }

  succeeded(key: string): void {
    this.failures.delete(key);
  }

  /** Everything is tried at once: something has changed that may end the troubles. */
  clear(): void {
    this.failures.clear();
  }
}
