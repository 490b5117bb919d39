/** Waiting times that grow, and that are spread so that many waiters do not return at the same moment. */

export interface BackoffOptions {
  /** Upper bound of the first wait, in milliseconds. */
  readonly baseMs: number;
  /** Upper bound of every wait, in milliseconds. */
  readonly capMs: number;
}

/** The wait before retry number `attempt` (1 for the first), in milliseconds: between half of the doubled base and all of it. */
export function backoffDelay(options: BackoffOptions, attempt: number, random: () => number = Math.random): number {
  // 2 ** 1024 is Infinity, which min() turns into the cap.
  const bound = Math.min(options.capMs, options.baseMs * 2 ** (attempt - 1));
  return bound / 2 + random() * (bound / 2);
}
