import { now } from "./clock";
import { type AuditLog, type RequestCounts } from "./observers/audit-log";
import { type DatabaseCounters, type DatabaseCounts } from "./observers/database-counters";
import { type LoopDelay } from "./observers/loop-delay";
import { type Subject } from "./subject";

/** What an operator has cost in a stretch of time. */
export interface Cost {
  readonly seconds: number;
  readonly requests: RequestCounts;
  readonly openWatches: number;
  readonly database: DatabaseCounts;
  /** Undefined where there is no /proc. */
  readonly cpuSeconds: number | undefined;
  readonly peakRssBytes: number | undefined;
  readonly sockets: number | undefined;
  /** Undefined for operators that are not ours. */
  readonly loopDelay: LoopDelay | undefined;
}

/** A measurement under way. */
export interface Reading {
  readonly startedAt: number;
  /** Where its part of the audit log begins. */
  readonly from: number;
  end(): Promise<Cost>;
}

/** Reads every counter of an operator from outside. */
export class Meter {
  constructor(
    private readonly subject: Subject,
    readonly audit: AuditLog,
    readonly database: DatabaseCounters,
  ) {}

  /** Counts from here on, until {@link Reading.end}. An operator that starts meanwhile counts from its own start. */
  async begin(): Promise<Reading> {
    const statements = await this.database.begin();
    const from = await this.audit.position();
    await this.subject.loopDelay();
    const group = this.subject.processes;
    group?.resetPeak();
    const cpuBefore = group?.usage()?.cpuSeconds ?? 0;
    const startedAt = now();
    return {
      startedAt,
      from,
      end: async () => {
        const seconds = (now() - startedAt) / 1_000;
        const usage = this.subject.processes?.usage();
        // Another process than at the beginning has used nothing before.
        const isSame = usage !== undefined && usage.cpuSeconds >= cpuBefore;
        return {
          seconds,
          requests: await this.audit.count(from, await this.audit.position()),
          openWatches: await this.audit.openWatches(),
          database: await statements.counts(),
          cpuSeconds: usage === undefined ? undefined : usage.cpuSeconds - (isSame ? cpuBefore : 0),
          peakRssBytes: usage?.peakRssBytes,
          sockets: usage?.sockets,
          loopDelay: await this.subject.loopDelay(),
        };
      },
    };
  }
}
