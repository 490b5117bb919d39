/** Lanes of the queues: what goes and what is broken before what is new, and bulk last. */
export const LANE = { deletion: 0, child: 2, change: 5 } as const;

/** All of them, with the one of keys that are added without a lane. */
export const LANES = { ...LANE, bulk: 10 } as const;
