/** Tells people what happened, as core/v1 Events beside the object it happened to. Never gets in the way of the work itself. */

import { type ApiClient } from "./client";
import { systemClock, type Clock, type Timer } from "./clock";
import { ApiError } from "./errors";
import {
  clipMessage,
  eventBody,
  eventNamespace,
  timestamp,
  type EventSubject,
  type EventType,
  type Occurrences,
} from "./event-body";
import { type ApiResource } from "./resource";

export interface EventRecorderOptions {
  readonly client: Pick<ApiClient, "create" | "mergePatch">;
  /** Who speaks: source.component and reportingComponent. */
  readonly component: string;
  /** Which of several: reportingInstance, for instance the pod's name. */
  readonly instance?: string;
  /** An event that repeats is written again at most this often, in milliseconds. Default 60,000. */
  readonly spacingMs?: number;
  /** Different events that are remembered as repeatable. Default 2,000. */
  readonly memory?: number;
  /** Events about one object: so many at once, and then one more each `refillMs`. Default 20 and 60,000. */
  readonly burst?: number;
  readonly refillMs?: number;
  /** Writes under way, and writes that may wait for them; what comes beyond is dropped. Default 2 and 1,000. */
  readonly concurrency?: number;
  readonly backlog?: number;
  readonly onError?: (error: unknown) => void;
  /** Called with each event that is about to be written; not with its repetitions. */
  readonly onRecord?: (event: RecordedEvent) => void;
  readonly clock?: Clock;
}

export interface RecordedEvent {
  readonly subject: EventSubject;
  readonly type: EventType;
  readonly reason: string;
  readonly message: string;
}

const EVENTS: ApiResource = {
  group: "",
  version: "v1",
  kind: "Event",
  plural: "events",
  namespaced: true,
  verbs: ["create", "patch"],
};

interface Series extends Occurrences {
  writtenCount: number;
  /** Set once the server has the event. */
  name: string | undefined;
  writing: boolean;
  timer: Timer | undefined;
}

interface Budget {
  left: number;
  refilledAt: number;
}

export class EventRecorder {
  private readonly series = new Map<string, Series>();
  private readonly budgets = new Map<string, Budget>();
  private readonly backlog: Series[] = [];
  private readonly clock: Clock;
  private readonly memory: number;
  private active = 0;
  private closed = false;
  private idle: (() => void)[] = [];
  private droppedCount = 0;

  constructor(private readonly options: EventRecorderOptions) {
    this.clock = options.clock ?? systemClock;
    this.memory = options.memory ?? 2_000;
  }

  /** Events that nobody will see, because there were too many about one object or in all. */
  get dropped(): number {
    return this.droppedCount;
  }

  /** Returns at once and never throws. Sensitive values are the caller's to keep out of the message. */
  record(subject: EventSubject, type: EventType, reason: string, message: string): void {
    if (this.closed) return;
    const short = clipMessage(message);
    const about = identity(subject);
    const key = JSON.stringify([about, type, reason, short]);
    const now = this.clock.now();
    const known = this.series.get(key);
    if (known !== undefined) {
      known.count++;
      known.lastAt = now;
      touch(this.series, key, known);
      this.schedule(known);
      return;
    }
    if (!this.spend(about, now)) {
      this.droppedCount++;
      return;
    }
    const fresh: Series = {
      subject,
      type,
      reason,
      message: short,
      firstAt: now,
      lastAt: now,
      count: 1,
      writtenCount: 0,
      name: undefined,
      writing: false,
      timer: undefined,
    };
    touch(this.series, key, fresh);
    this.evict();
    this.options.onRecord?.(fresh);
    this.enqueue(fresh);
  }

  /** Writes what is due, accepts nothing more, and resolves when all is written or has failed. */
  async close(): Promise<void> {
    this.closed = true;
    for (const series of this.series.values()) {
      if (series.timer === undefined) continue;
      series.timer.cancel();
      series.timer = undefined;
      this.enqueue(series);
    }
    await this.settled();
  }

  /** Accepts nothing more, and writes nothing more than what is under way. */
  discard(): void {
    this.closed = true;
    this.backlog.length = 0;
    for (const series of this.series.values()) series.timer?.cancel();
  }

  /** Resolves when no write is under way or waiting. */
  settled(): Promise<void> {
    if (this.active === 0 && this.backlog.length === 0) return Promise.resolve();
    return new Promise(resolve => this.idle.push(resolve));
  }

  /** A repetition is written when the spacing since the last write is over; all of them by then count. */
  private schedule(series: Series): void {
    if (series.timer !== undefined || series.writing || this.closed) return;
    series.timer = this.clock.after(this.options.spacingMs ?? 60_000, () => {
      series.timer = undefined;
      this.enqueue(series);
    });
  }

  private enqueue(series: Series): void {
    if (series.writing) return;
    if (this.backlog.length >= (this.options.backlog ?? 1_000)) {
      this.droppedCount++;
      return;
    }
    series.writing = true;
    this.backlog.push(series);
    this.dispatch();
  }

  private dispatch(): void {
    while (this.active < (this.options.concurrency ?? 2)) {
      const series = this.backlog.shift();
      if (series === undefined) break;
      this.active++;
      void this.write(series);
    }
    if (this.active === 0 && this.backlog.length === 0) {
      const waiting = this.idle;
      this.idle = [];
      for (const resolve of waiting) resolve();
    }
  }

  private async write(series: Series): Promise<void> {
    const count = series.count;
    try {
      if (series.name === undefined) await this.create(series);
      else await this.update(series, series.name);
      series.writtenCount = count;
    } catch (error) {
      // Not tried again by itself: the next repetition does that.
      series.writtenCount = series.count;
      this.report(error);
    }
    series.writing = false;
    this.active--;
    if (series.count > series.writtenCount) this.schedule(series);
    this.dispatch();
  }

  private async create(series: Series): Promise<void> {
    const { component, instance } = this.options;
    const event = eventBody(series, { component, instance: instance ?? component });
    await this.options.client.create(EVENTS, event);
    series.name = event.metadata.name;
  }

  private async update(series: Series, name: string): Promise<void> {
    const namespace = eventNamespace(series.subject);
    const patch = { count: series.count, lastTimestamp: timestamp(series.lastAt), message: series.message };
    try {
      await this.options.client.mergePatch(EVENTS, { namespace, name }, patch);
    } catch (error) {
      // The server forgets events after an hour; the series goes on in a new one.
      if (!(error instanceof ApiError) || !error.isNotFound()) throw error;
      await this.create(series);
    }
  }

  private spend(about: string, now: number): boolean {
    const burst = this.options.burst ?? 20;
    const refillMs = this.options.refillMs ?? 60_000;
    const budget = this.budgets.get(about) ?? { left: burst, refilledAt: now };
    const refills = Math.floor((now - budget.refilledAt) / refillMs);
    budget.left = Math.min(burst, budget.left + refills);
    budget.refilledAt += refills * refillMs;
    touch(this.budgets, about, budget);
    if (budget.left < 1) return false;
    budget.left--;
    return true;
  }

  private evict(): void {
    for (const [key, series] of this.series) {
      if (this.series.size <= this.memory) break;
      series.timer?.cancel();
      this.series.delete(key);
    }
    for (const about of this.budgets.keys()) {
      if (this.budgets.size <= this.memory) break;
      this.budgets.delete(about);
    }
  }

  private report(error: unknown): void {
    try {
      this.options.onError?.(error);
    } catch {
      // Whoever reports troubles must not become one.
    }
  }
}

/** Moves to the young end of the map's order, which is the order of eviction. */
function touch<Value>(map: Map<string, Value>, key: string, value: Value): void {
  map.delete(key);
  map.set(key, value);
}

function identity({ apiVersion, kind, metadata }: EventSubject): string {
  return JSON.stringify([apiVersion, kind, metadata.namespace ?? "", metadata.name ?? "", metadata.uid ?? ""]);
}
