import { abortReason, type Timer } from "../clock";
import { Gate } from "../gate";
import { NotPermittedError, type WritePermit } from "../write-permit";
import { age, type LeaseClock, type Moment } from "./lease-clock";
import { type LeaseTiming } from "./timing";

/**
 * One time of leading, and the permit of its writes. Begins with a Lease that was acquired; ends once, for good: when renewals fail for too long, when
 * somebody else holds the Lease, or when it is given back (docs/decisions/leader-election.md).
 */
export class Term implements WritePermit {
  private readonly ending = new AbortController();
  private readonly idle = new Gate();
  private running = 0;
  /** Until then a write may still take effect that had no answer; on the monotonic clock. */
  private doubtUntil = -Infinity;
  private timer: Timer | undefined;

  /** @param sentAt when the request was sent that acquired the Lease, and later those that renewed it */
  constructor(
    private readonly timing: LeaseTiming,
    private readonly clock: LeaseClock,
    private sentAt: Moment,
  ) {
    this.watchDeadline();
  }

  /** Aborted when the term is over; its reason says why. */
  get signal(): AbortSignal {
    return this.ending.signal;
  }

  /** Renewed by a request that was sent then. */
  renewed(sentAt: Moment): void {
    if (!this.isOpen()) return;
    this.sentAt = sentAt;
    this.watchDeadline();
  }

  /** Ends the term. Only the first reason counts. */
  close(reason: string): void {
    if (this.ending.signal.aborted) return;
    this.timer?.cancel();
    this.ending.abort(new NotPermittedError(reason));
    if (this.running === 0) this.idle.open();
  }

  check(): void {
    if (!this.isOpen()) throw abortReason(this.ending.signal);
  }

  begin(): number {
    this.check();
    this.running++;
    return this.timing.cutOffMs - age(this.clock, this.sentAt);
  }

  end(answered: boolean): void {
    this.running--;
    if (!answered) this.doubtUntil = this.clock.monotonic() + this.cutOffIn;
    if (this.running === 0 && this.ending.signal.aborted) this.idle.open();
  }

  /** Of a term that is over: resolves when no write is under way; true when none of them can take effect any more. */
  async settled(): Promise<boolean> {
    await this.idle.wait();
    return this.clock.monotonic() >= this.doubtUntil;
  }

  /** Milliseconds until every write is cut off, answered or not. */
  get cutOffIn(): number {
    return Math.max(0, this.timing.cutOffMs - age(this.clock, this.sentAt));
  }

  /** By the clocks, not by the timer: after a pause of the process the timer comes last. */
  private isOpen(): boolean {
    if (!this.ending.signal.aborted && age(this.clock, this.sentAt) >= this.timing.renewDeadlineMs) {
      this.close("this process leads no more: it could not renew its Lease in time");
    }
    return !this.ending.signal.aborted;
  }

  private watchDeadline(): void {
    this.timer?.cancel();
    const left = this.timing.renewDeadlineMs - age(this.clock, this.sentAt);
    this.timer = this.clock.after(Math.max(0, left), () => {
      if (this.isOpen()) this.watchDeadline();
    });
  }
}
