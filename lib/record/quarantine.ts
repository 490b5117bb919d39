import { printable } from "./printable";
import { type HubRecord } from "./record";
import { type RowSchema } from "./row-schema";
import { uidProblem } from "./uid-rules";

/** How many rows are named with their reason. */
export const SAMPLES = 20;
/** Characters of a uid that are shown. */
const LONGEST_SHOWN = 63;

/** A row that cannot become nodes, for people. */
export interface QuarantineSample {
  /** Shortened, with escapes for what does not print. */
  readonly uid: string;
  readonly reason: string;
}

/** Rows that ask for nodes and cannot have any. Whatever runs for their uids is to be left alone. */
export interface Quarantine {
  /** Number of rows, each of several with the same uid included. */
  readonly count: number;
  readonly uids: ReadonlySet<string>;
  /** The first twenty uids, in the order of the rows. */
  readonly samples: readonly QuarantineSample[];
}

/** What one complete read of the table says. `seen` = `active` + `inactive` + `quarantined.count`. */
export interface Snapshot {
  /** Active rows that can become nodes, by uid, in the order of the rows. */
  readonly records: ReadonlyMap<string, HubRecord>;
  readonly quarantined: Quarantine;
  /** Uids with a row, active or not, that freezes its nodes. */
  readonly suspendedUids: ReadonlySet<string>;
  readonly seen: number;
  readonly active: number;
  readonly inactive: number;
}

/**
 * All rows of one uid, judged together.
 *
 * Quarantined are active rows with an unusable uid or values that break the row schema, and all rows of a uid that has
 * several and is active in one of them: which of them counts, nobody can say. Inactive rows are otherwise only counted.
 */
export class RowGroup {
  rows = 0;
  active = 0;
  suspended = false;
  /** The row, while it is the only one and active. */
  record: HubRecord | undefined;
  private problem: string | undefined;

  /** Takes the next row of the uid. */
  add(record: HubRecord, schema: RowSchema | undefined): void {
    this.addUnread(record.active, record.suspended === true);
    const isOnly = this.rows === 1;
    this.record = isOnly && record.active ? record : undefined;
    if (this.record !== undefined) this.problem = problemOf(record, schema);
  }

  /** Takes a row whose values do not matter, because another one follows. */
  addUnread(active: boolean, suspended: boolean): void {
    this.rows += 1;
    this.active += active ? 1 : 0;
    this.suspended ||= suspended;
    this.record = undefined;
  }

  /** Why the rows cannot become nodes; undefined when the one row can, and when none is active. */
  reason(uid: string): string | undefined {
    if (this.active === 0) return undefined;
    if (this.rows === 1) return this.problem;
    if (uid === "") return `the uid is empty, in ${this.rows} rows`;
    const inactive = this.rows - this.active;
    const disagreement = inactive === 0 ? "" : `, ${this.active} active and ${inactive} not`;
    return `${this.rows} rows have this uid${disagreement}`;
  }
}

function problemOf(record: HubRecord, schema: RowSchema | undefined): string | undefined {
  const ofUid = uidProblem(record.uid);
  if (ofUid !== undefined) return ofUid;
  const ofValues = schema?.reasons(record.values) ?? [];
  return ofValues.length === 0 ? undefined : ofValues.join("; ");
}

/** A quarantined row as it is shown. */
export function quarantineSample(uid: string, reason: string): QuarantineSample {
  return { uid: printable(uid, LONGEST_SHOWN), reason };
}

/** Sorts the rows of one read, as {@link RowGroup} judges them. */
export class SnapshotBuilder {
  private readonly groups = new Map<string, RowGroup>();

  constructor(private readonly schema?: RowSchema) {}

  /** Takes the next row. */
  add(record: HubRecord): void {
    const group = this.groups.get(record.uid) ?? new RowGroup();
    group.add(record, this.schema);
    this.groups.set(record.uid, group);
  }

  /** The snapshot of the rows taken so far. */
  build(): Snapshot {
    const records = new Map<string, HubRecord>();
    const uids = new Set<string>();
    const suspendedUids = new Set<string>();
    const samples: QuarantineSample[] = [];
    let seen = 0;
    let inactive = 0;
    let quarantined = 0;
    for (const [uid, group] of this.groups) {
      seen += group.rows;
      if (group.suspended) suspendedUids.add(uid);
      const reason = group.reason(uid);
      if (reason !== undefined) {
        quarantined += group.rows;
        uids.add(uid);
        if (samples.length < SAMPLES) samples.push(quarantineSample(uid, reason));
      } else if (group.record === undefined) {
        inactive += group.rows;
      } else {
        records.set(uid, group.record);
      }
    }
    const quarantine = { count: quarantined, uids, samples };
    return { records, quarantined: quarantine, suspendedUids, seen, active: records.size, inactive };
  }
}
