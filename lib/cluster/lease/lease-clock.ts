import { systemClock, type Clock } from "../clock";

/** A clock that nobody can set, beside the one on the wall. */
export interface LeaseClock extends Clock {
  /** Milliseconds since some moment; goes on while the process is stopped. */
  monotonic(): number;
}

export const systemLeaseClock: LeaseClock = { ...systemClock, monotonic: () => performance.now() };

/** One moment on both clocks, in milliseconds. */
export interface Moment {
  readonly monotonic: number;
  readonly wall: number;
}

export function moment(clock: LeaseClock): Moment {
  return { monotonic: clock.monotonic(), wall: clock.now() };
}

/** Milliseconds since a moment, by the clock that says more: the monotonic one may stand still while a machine sleeps, the one on the wall may be set back. */
export function age(clock: LeaseClock, since: Moment): number {
  return Math.max(clock.monotonic() - since.monotonic, clock.now() - since.wall);
}
