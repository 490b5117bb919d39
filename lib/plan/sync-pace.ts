/** How a hub's looks at its table keep up with its interval. */
export interface SyncPace {
  /** Looks that were due and not made, because another one was under way. */
  readonly missed: number;
  /** It is worth telling. */
  readonly overruns: boolean;
}

export const ON_TIME: SyncPace = { missed: 0, overruns: false };

/** One slow look is nothing to tell; looks are never made at the same time, and a missed one is not made up for. */
const WORTH_TELLING = 3;

/** The pace after a look that took so long. It is well again when a look takes half of the interval, so that what is on the edge is told once. */
export function nextPace({ missed, overruns }: SyncPace, tookMs: number, intervalMs: number): SyncPace {
  if (tookMs <= intervalMs / 2) return ON_TIME;
  const total = Math.min(WORTH_TELLING, missed + Math.floor(tookMs / intervalMs));
  return { missed: total, overruns: overruns || total >= WORTH_TELLING };
}
