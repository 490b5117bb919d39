/** Keys of work to do, each at most once at a time, the urgent ones first. Says that something is to be looked at, never what. */

import { backoffDelay, type BackoffOptions } from "./backoff";
import { systemClock, type Clock } from "./clock";
import { Delays } from "./delays";
import { Lane } from "./lane";

/** What a run that did not throw wants next. */
export interface ProcessResult {
  /** Run again after so many milliseconds, whatever happens. */
  readonly requeueAfterMs?: number;
  /** Run again after so many milliseconds, unless it runs before: that run asks anew. */
  readonly recheckAfterMs?: number;
  /** The lane of that look; the one of this run when left out. */
  readonly recheckLane?: number;
}

export interface WorkObservation<Key extends string> {
  readonly key: Key;
  readonly lane: number;
  /** From the moment the key was ready to run until it ran. */
  readonly waitedMs: number;
  readonly tookMs: number;
  /** Present when the run threw. */
  readonly error?: unknown;
}

export interface WorkQueueOptions<Key extends string> {
  /** Runs at once. */
  readonly concurrency: number;
  /** Does the work. A throw puts the key back after its backoff; the signal is aborted when a shutdown runs out of patience. */
  readonly process: (key: Key, signal: AbortSignal, lane: number) => Promise<ProcessResult | undefined>;
  /** Per key, after failures. Default 500 ms to 5 minutes. */
  readonly backoff?: BackoffOptions;
  /** Lane of keys added without one; lower numbers run first. Default 10. */
  readonly defaultLane?: number;
  /** Lanes of bulk work, which never has all runs for itself, and is never forgotten. Default: none. */
  readonly bulk?: BulkLanes;
  /** Keys of one lane take turns by flow, for instance by hub. Default: one flow. */
  readonly flowOf?: (key: Key) => string;
  /** Keys that are somebody else's are dropped when they are added. Default: all are ours. */
  readonly accepts?: (key: Key) => boolean;
  readonly observe?: (observation: WorkObservation<Key>) => void;
  readonly clock?: Clock;
  readonly random?: () => number;
}

export interface BulkLanes {
  /** This lane and all behind it. */
  readonly from: number;
  /** Runs that are kept free for the lanes before them. */
  readonly reserved: number;
  /** One in so many runs goes to whatever is last. */
  readonly lastEvery: number;
}

export interface QueueDepth {
  readonly ready: number;
  readonly running: number;
  /** To be ready later: backoff and `addAfter`. */
  readonly delayed: number;
}

interface Ready {
  readonly lane: number;
  readonly since: number;
}

const DEFAULT_BACKOFF: BackoffOptions = { baseMs: 500, capMs: 300_000 };

export class WorkQueue<Key extends string> {
  private readonly lanes: { readonly number: number; readonly keys: Lane<Key> }[] = [];
  private readonly ready = new Map<Key, Ready>();
  /** Running keys; a Ready one was added again meanwhile, and runs once more. */
  private readonly running = new Map<Key, Ready | undefined>();
  /** Wishes of `addAfter`. */
  private readonly later: Delays<Key>;
  /** Wishes of the last run; the next one knows better. */
  private readonly rechecks: Delays<Key>;
  /** Waits after failures; over as soon as the key runs, whatever made it run. */
  private readonly retries: Delays<Key>;
  private readonly failures = new Map<Key, number>();
  private readonly abort = new AbortController();
  private readonly clock: Clock;
  private readonly random: () => number;
  private readonly defaultLane: number;
  private bulkRunning = 0;
  private turn = 0;
  private started = false;
  private drained: (() => void) | undefined;
  private stopped: Promise<void> | undefined;

  constructor(private readonly options: WorkQueueOptions<Key>) {
    this.clock = options.clock ?? systemClock;
    this.later = new Delays(this.clock);
    this.rechecks = new Delays(this.clock);
    this.retries = new Delays(this.clock);
    this.random = options.random ?? Math.random;
    this.defaultLane = options.defaultLane ?? 10;
  }

  /** Keys may be added before; they run from here on. */
  start(): void {
    this.started = true;
    this.dispatch();
  }

  get depth(): QueueDepth {
    return {
      ready: this.ready.size,
      running: this.running.size,
      delayed: this.later.size + this.rechecks.size + this.retries.size,
    };
  }

  /** Ready keys of one lane. */
  laneDepth(lane: number): number {
    return this.lanes.find(({ number }) => number === lane)?.keys.size ?? 0;
  }

  /** Runs the key as soon as its turn comes. One that waits is promoted to the better lane; one that runs, runs again. */
  add(key: Key, lane: number = this.defaultLane): void {
    if (this.stopped !== undefined || this.options.accepts?.(key) === false) return;
    if (this.running.has(key)) {
      const again = this.running.get(key);
      this.running.set(key, better(again, { lane, since: this.clock.now() }));
      return;
    }
    const waiting = this.ready.get(key);
    const place = better(waiting, { lane, since: this.clock.now() });
    if (place === waiting) return;
    if (waiting !== undefined) this.lane(waiting.lane).remove(key);
    this.ready.set(key, place);
    this.lane(lane).add(key, this.options.flowOf?.(key) ?? "");
    this.dispatch();
  }

  /** Adds the key in `ms` milliseconds. Of several such wishes the earliest is kept. */
  addAfter(key: Key, ms: number, lane: number = this.defaultLane): void {
    if (this.stopped !== undefined || this.options.accepts?.(key) === false) return;
    if (ms <= 0) this.add(key, lane);
    else
      this.later.set(key, ms, () => {
        this.add(key, lane);
      });
  }

  /** Adds the key after a wait that doubles with every call until `forget`. */
  addRateLimited(key: Key, lane: number = this.defaultLane): void {
    if (this.stopped !== undefined) return;
    const attempt = (this.failures.get(key) ?? 0) + 1;
    this.failures.set(key, attempt);
    this.retries.set(key, backoffDelay(this.options.backoff ?? DEFAULT_BACKOFF, attempt, this.random), () => {
      this.add(key, lane);
    });
  }

  /** The next `addRateLimited` waits as after a first failure. A run that does not throw does this by itself. */
  forget(key: Key): void {
    this.failures.delete(key);
  }

  /** How often the key has failed in a row. */
  failuresOf(key: Key): number {
    return this.failures.get(key) ?? 0;
  }

  /**
   * Starts nothing more, drops what waits (the world will say it again), and resolves when the running ones are done.
   * @param graceMs after so many milliseconds the signal of the running ones is aborted; default: never
   */
  shutdown(graceMs?: number): Promise<void> {
    this.stopped ??= this.drain(graceMs);
    return this.stopped;
  }

  private async drain(graceMs: number | undefined): Promise<void> {
    this.later.clear();
    this.rechecks.clear();
    this.retries.clear();
    this.ready.clear();
    this.lanes.length = 0;
    this.failures.clear();
    if (this.running.size === 0) return;
    const patience =
      graceMs === undefined
        ? undefined
        : this.clock.after(graceMs, () => {
            this.abort.abort();
          });
    await new Promise<void>(resolve => {
      this.drained = resolve;
    });
    patience?.cancel();
  }

  private dispatch(): void {
    while (this.started && this.stopped === undefined && this.running.size < this.options.concurrency) {
      const key = this.next();
      if (key === undefined) return;
      void this.run(key);
    }
  }

  private next(): Key | undefined {
    const { bulk, concurrency } = this.options;
    const isFull = bulk !== undefined && this.bulkRunning >= Math.max(1, concurrency - bulk.reserved);
    const open = isFull ? this.lanes.filter(({ number }) => number < bulk.from) : this.lanes;
    this.turn = (this.turn + 1) % (bulk?.lastEvery ?? Infinity);
    for (const { keys } of bulk !== undefined && this.turn === 0 ? [...open].reverse() : open) {
      const key = keys.take();
      if (key !== undefined) return key;
    }
    return undefined;
  }

  private async run(key: Key): Promise<void> {
    const startedAt = this.clock.now();
    const { lane, since } = this.ready.get(key) ?? { lane: this.defaultLane, since: startedAt };
    this.ready.delete(key);
    this.running.set(key, undefined);
    const isBulk = lane >= (this.options.bulk?.from ?? Infinity);
    if (isBulk) this.bulkRunning++;
    this.retries.cancel(key);
    this.rechecks.cancel(key);
    let outcome: { error?: unknown } = {};
    let result: ProcessResult | undefined;
    try {
      result = await this.options.process(key, this.abort.signal, lane);
    } catch (error) {
      outcome = { error };
    }
    const again = this.running.get(key);
    this.running.delete(key);
    if (isBulk) this.bulkRunning--;
    if (this.stopped === undefined) this.settle(key, lane, again, result, outcome);
    this.observe({ key, lane, waitedMs: startedAt - since, tookMs: this.clock.now() - startedAt, ...outcome });
    if (this.running.size === 0) this.drained?.();
    this.dispatch();
  }

  private settle(
    key: Key,
    lane: number,
    again: Ready | undefined,
    result: ProcessResult | undefined,
    outcome: { error?: unknown },
  ): void {
    if ("error" in outcome) this.addRateLimited(key, lane);
    else {
      this.forget(key);
      if (result?.requeueAfterMs !== undefined) this.addAfter(key, result.requeueAfterMs, lane);
      if (result?.recheckAfterMs !== undefined) this.recheck(key, result.recheckAfterMs, result.recheckLane ?? lane);
    }
    if (again !== undefined) this.add(key, again.lane);
  }

  private recheck(key: Key, ms: number, lane: number): void {
    this.rechecks.set(key, Math.max(0, ms), () => {
      this.add(key, lane);
    });
  }

  private observe(observation: WorkObservation<Key>): void {
    try {
      this.options.observe?.(observation);
    } catch {
      // Whoever counts must not stop the work.
    }
  }

  /** The lane of a number, made when it is first used; kept in order of urgency. */
  private lane(number: number): Lane<Key> {
    const known = this.lanes.find(lane => lane.number === number);
    if (known !== undefined) return known.keys;
    const keys = new Lane<Key>();
    this.lanes.push({ number, keys });
    this.lanes.sort((a, b) => a.number - b.number);
    return keys;
  }
}

/** The place that is kept: the better lane, or the one that was there first. */
function better(known: Ready | undefined, wanted: Ready): Ready {
  if (known === undefined) return wanted;
  return wanted.lane < known.lane ? { lane: wanted.lane, since: known.since } : known;
}
