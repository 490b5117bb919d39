/** The decisions of leader election, from what was seen of a Lease and for how long. No clock, no requests. */

import { type LeaseRecord } from "./lease-record";

/** What was seen of a Lease, and since when it has not changed. */
export interface Observation {
  /** Undefined while there is none. */
  readonly record: LeaseRecord | undefined;
  /** Milliseconds of our own monotonic clock. */
  readonly since: number;
  /** For how long it is held from then on; 0 when it is free. */
  readonly heldMs: number;
}

/**
 * A Lease that reads as before was not renewed; any change begins its time anew. One that somebody deletes under its holder is held for as long as one
 * that was just renewed: the holder does not know yet.
 */
export function observe(known: Observation | undefined, record: LeaseRecord | undefined, now: number): Observation {
  if (known !== undefined && known.record?.resourceVersion === record?.resourceVersion) return known;
  if (record === undefined) return { record, since: now, heldMs: known?.heldMs ?? 0 };
  return { record, since: now, heldMs: record.holder === "" ? 0 : record.leaseSeconds * 1000 };
}

/** Milliseconds until the Lease may be taken; 0 when it is free, given back, or run out. */
export function freeIn({ since, heldMs }: Observation, now: number): number {
  return Math.max(0, since + heldMs - now);
}

/** The same for one process, which need not wait for itself. */
export function mayAcquireIn(observation: Observation, identity: string, now: number): number {
  return observation.record?.holder === identity ? 0 : freeIn(observation, now);
}

/** The Lease as its next holder writes it. @param time as {@link LeaseRecord.renewTime} */
export function acquired(
  known: LeaseRecord | undefined,
  { holder, leaseSeconds }: Pick<LeaseRecord, "holder" | "leaseSeconds">,
  time: string,
): LeaseRecord {
  const resourceVersion = known?.resourceVersion ?? "";
  if (known?.holder === holder) return { ...known, leaseSeconds, renewTime: time };
  const transitions = known === undefined ? 0 : known.transitions + 1;
  return { holder, leaseSeconds, acquireTime: time, renewTime: time, transitions, resourceVersion };
}

/** Given back; the time of one second is client-go's. */
export function released(known: LeaseRecord, time: string): LeaseRecord {
  return { ...known, holder: "", leaseSeconds: 1, renewTime: time };
}
