/** Milliseconds of one lease, all counted from the moment at which the request that renewed it was sent (docs/decisions/leader-election.md). */
export interface LeaseTiming {
  /** Others may take the lease over when it has not changed for so long. */
  readonly leaseMs: number;
  /** Every write is answered or cut off by then. */
  readonly cutOffMs: number;
  /** No write is sent after it; the term is over. */
  readonly renewDeadlineMs: number;
  /** Between renewals, and between tries. */
  readonly retryMs: number;
}

/** As client-go's defaults: 15 s, of which 10 s are for renewals, tried every 2 s. Another length keeps the proportions. */
export function leaseTiming(seconds = 15): LeaseTiming {
  const leaseMs = seconds * 1000;
  return {
    leaseMs,
    cutOffMs: (leaseMs * 14) / 15,
    renewDeadlineMs: (leaseMs * 2) / 3,
    retryMs: (leaseMs * 2) / 15,
  };
}
