/** Reaches for a Lease, keeps it, and gives it back (docs/decisions/leader-election.md). */

import { atLeastAsNew } from "../../plan/child";
import { type ShardSlot } from "../../plan/shard";
import { type ApiClient } from "../client";
import { sleep } from "../clock";
import { ApiError } from "../errors";
import { findObject } from "../find-object";
import { Informer } from "../informer";
import { acquired, mayAcquireIn, observe, type Observation, released } from "./election";
import { type LeaseClock, moment, type Moment, systemLeaseClock } from "./lease-clock";
import { type LeaseName, type LeaseRecord, LEASES, microTime, readLease, writeLease } from "./lease-record";
import { OtherLayouts } from "./other-layouts";
import { leaseOf } from "./lease-name";
import { Term } from "./term";
import { type LeaseTiming } from "./timing";

export interface ElectorOptions {
  /** With connections of its own: a renewal must not wait behind the work. */
  readonly client: Pick<ApiClient, "get" | "list" | "pages" | "watch" | "create" | "replace" | "delete">;
  readonly namespace: string;
  readonly slot: ShardSlot;
  /** Of this process, and of no other one ever. */
  readonly identity: string;
  readonly timing: LeaseTiming;
  /** A term has begun; its signal tells its end. */
  readonly onTerm: (term: Term) => void;
  /** Why it is not leading now; for people, told once for each reason. */
  readonly onWaiting: (reason: string) => void;
  /** Troubles that it survives by itself. */
  readonly onError: (error: unknown) => void;
  readonly clock?: LeaseClock;
  readonly random?: () => number;
}

/** Renewals come up to this much later or earlier, so that processes do not fall into step. */
const JITTER = 0.2;

export class Elector {
  private readonly lease: LeaseName;
  private readonly clock: LeaseClock;
  private readonly others: OtherLayouts;
  private stopping = false;
  private observation: Observation | undefined;
  private wake: AbortController | undefined;
  private term: Term | undefined;
  private running: Promise<void> | undefined;
  private said = "";

  constructor(private readonly options: ElectorOptions) {
    this.clock = options.clock ?? systemLeaseClock;
    this.lease = leaseOf(options.slot, options.namespace);
    this.others = new OtherLayouts(options.client, options.namespace, options.slot.count);
  }

  start(): void {
    this.running ??= this.run();
  }

  /**
   * Ends the term, and gives the Lease back once no write of ours can take effect any more. The work is to be stopped before.
   * A Lease that cannot be given back runs out by itself.
   */
  async stop(): Promise<void> {
    this.stopping = true;
    this.term?.close("this process ends");
    this.wake?.abort();
    await this.running;
    const record = this.observation?.record;
    if (this.term === undefined || record?.holder !== this.options.identity) return;
    if (!(await this.term.settled())) return;
    try {
      await this.write(released(record, microTime(this.clock.now())));
    } catch (error) {
      this.options.onError(error);
    }
  }

  private async run(): Promise<void> {
    while (!this.isStopping()) {
      const term = await this.acquire();
      if (term === undefined) return;
      this.term = term;
      term.signal.addEventListener("abort", () => this.wake?.abort(), { once: true });
      if (this.isStopping()) {
        term.close("this process ends");
        return;
      }
      this.said = "";
      this.options.onTerm(term);
      await this.keep(term);
      if (this.isStopping()) return;
      // What was sent under the old term must be over before a new one begins, in this process as in any other.
      await this.pause(term.cutOffIn);
      this.term = undefined;
    }
  }

  /** Waits until the Lease is ours. Undefined when we are to stop. */
  private async acquire(): Promise<Term | undefined> {
    const follower = this.follow();
    try {
      while (!this.isStopping()) {
        try {
          const term = await this.tryOnce();
          if (term !== undefined) return term;
        } catch (error) {
          this.options.onError(error);
          await this.pause(this.jittered());
        }
      }
      return undefined;
    } finally {
      await follower.stop();
    }
  }

  private async tryOnce(): Promise<Term | undefined> {
    // What the watch has shown is enough to wait by, and never enough to take the Lease.
    const known = this.observation === undefined ? 0 : this.waitMs(this.observation);
    const waitMs = known > 0 ? known : this.waitMs(await this.look());
    if (waitMs > 0) {
      this.say(`waits: Lease ${this.place()} is held by ${this.observation?.record?.holder ?? ""}`);
      await this.pause(waitMs);
      return undefined;
    }
    // Nobody who divides the work by another number may be at work. Asked before, so that those who wait keep nobody from standing in, …
    if (await this.waitForOthers()) return undefined;
    const sentAt = moment(this.clock);
    if (!(await this.take(sentAt))) return undefined;
    const term = new Term(this.options.timing, this.clock, sentAt);
    // … and after: of two that take their Leases in the same moment, at least one sees the other's.
    const alive = await this.others.alive(() => this.clock.monotonic());
    if (alive === undefined) {
      await this.others.bury().catch(this.options.onError);
      return term;
    }
    term.close("others divide the work by another number");
    if (this.observation?.record !== undefined) {
      await this.write(released(this.observation.record, microTime(this.clock.now())));
    }
    await this.pause(this.options.timing.leaseMs * (this.options.random ?? Math.random)());
    return undefined;
  }

  private async waitForOthers(): Promise<boolean> {
    const alive = await this.others.alive(() => this.clock.monotonic());
    if (alive === undefined) return false;
    const { index, count } = this.options.slot;
    this.say(`waits, as shard ${index} of ${count}: ${alive.who}, and two numbers of shards never work at once`);
    // The one that was seen may go sooner: looked at again as often as a renewal comes.
    await this.pause(Math.min(alive.deadIn, this.jittered()));
    return true;
  }

  /** Renews until the term is over. */
  private async keep(term: Term): Promise<void> {
    for (;;) {
      await this.pause(this.jittered());
      if (term.signal.aborted) return;
      try {
        const sentAt = moment(this.clock);
        if (await this.take(sentAt)) term.renewed(sentAt);
        else await this.lookAfter(term);
      } catch (error) {
        this.options.onError(error);
      }
    }
  }

  /** The Lease is not as we left it: our own renewal, whose answer was lost; one that somebody has deleted; or another's. */
  private async lookAfter(term: Term): Promise<void> {
    const { record } = await this.look();
    const sentAt = moment(this.clock);
    if (record !== undefined && record.holder !== this.options.identity) {
      term.close(`this process leads no more: its Lease is held by ${record.holder === "" ? "nobody" : record.holder}`);
    } else if (await this.take(sentAt)) {
      term.renewed(sentAt);
    }
  }

  /** Writes the Lease as ours. False when somebody was faster. */
  private async take(sentAt: Moment): Promise<boolean> {
    const { identity, timing } = this.options;
    const ours = { holder: identity, leaseSeconds: Math.round(timing.leaseMs / 1000) };
    try {
      await this.write(acquired(this.observation?.record, ours, microTime(sentAt.wall)));
      return true;
    } catch (error) {
      const lost = error instanceof ApiError && (error.isConflict() || error.isAlreadyExists() || error.isNotFound());
      // Where its namespace is missing, no Lease can be made: that is told.
      if (!lost || (error.isNotFound() && this.observation?.record === undefined)) throw error;
      return false;
    }
  }

  private async write(record: LeaseRecord): Promise<void> {
    const { client, timing } = this.options;
    const lease = writeLease(this.lease, record);
    // A try that hangs leaves time for another one.
    const call = { timeoutMs: timing.renewDeadlineMs / 2 };
    const written =
      record.resourceVersion === ""
        ? await client.create(LEASES, lease, call)
        : await client.replace(LEASES, lease, call);
    this.see(readLease(written));
  }

  /** Asks the API server itself. */
  private async look(): Promise<Observation> {
    const { namespace, name } = this.lease;
    const timeoutMs = this.options.timing.renewDeadlineMs / 2;
    const lease = await findObject(this.options.client, LEASES, { namespace, name }, { timeoutMs });
    return this.see(lease && readLease(lease));
  }

  /** A watch that tells of each renewal, and of a Lease that is given back. */
  private follow(): Informer<LeaseRecord> {
    const { client, namespace, onError } = this.options;
    const informer = new Informer<LeaseRecord>({
      client,
      resource: LEASES,
      namespace,
      fieldSelector: `metadata.name=${this.lease.name}`,
      toFact: readLease,
      onError,
      onChange: (_key, record) => {
        // Late news: an answer to a request of ours has told more.
        const known = this.observation?.record;
        if (record !== undefined && known !== undefined && atLeastAsNew(known.resourceVersion, record.resourceVersion))
          return;
        this.see(record);
        this.wake?.abort();
      },
    });
    informer.start();
    return informer;
  }

  private see(record: LeaseRecord | undefined): Observation {
    this.observation = observe(this.observation, record, this.clock.monotonic());
    return this.observation;
  }

  private waitMs(observation: Observation): number {
    return mayAcquireIn(observation, this.options.identity, this.clock.monotonic());
  }

  /** Ends early when the Lease changes, when the term ends, and when we are to stop. */
  private async pause(ms: number): Promise<void> {
    if (this.stopping) return;
    this.wake = new AbortController();
    await sleep(this.clock, ms, this.wake.signal).catch(() => undefined);
  }

  private jittered(): number {
    return this.options.timing.retryMs * (1 - JITTER + 2 * JITTER * (this.options.random ?? Math.random)());
  }

  private place(): string {
    return `${this.lease.namespace}/${this.lease.name}`;
  }

  private say(reason: string): void {
    if (this.said === reason) return;
    this.said = reason;
    this.options.onWaiting(reason);
  }

  /** A method, so that the compiler does not take the answer for settled across an await. */
  private isStopping(): boolean {
    return this.stopping;
  }
}
