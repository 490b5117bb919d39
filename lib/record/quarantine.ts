import { printable } from "./printable";
import { type HubRecord } from "./record";
import { type RowSchema } from "./row-schema";
import { uidProblem } from "./uid-rules";

/** How many rows are named with their reason. */
const SAMPLES = 20;
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

/** All rows of one uid. */
interface Group {
  rows: number;
  active: number;
  suspended: boolean;
  /** The row, while it is the only one. */
  record: HubRecord | undefined;
  reason: string | undefined;
}

/**
 * Sorts rows into those that become nodes and those that cannot.
 *
 * Quarantined are active rows with an unusable uid or values that break the row schema, and all rows of a uid that has
 * several and is active in one of them: which of them counts, nobody can say. Inactive rows are otherwise only counted.
 */
export class SnapshotBuilder {
  private readonly groups = new Map<string, Group>();

  constructor(private readonly schema?: RowSchema) {}

  /** Takes the next row. */
  add(record: HubRecord): void {
    const group = this.groups.get(record.uid);
    if (group === undefined) {
      this.groups.set(record.uid, {
        rows: 1,
        active: record.active ? 1 : 0,
        suspended: record.suspended === true,
        record: record.active ? record : undefined,
        reason: record.active ? this.problem(record) : undefined,
      });
      return;
    }
    group.rows += 1;
    group.active += record.active ? 1 : 0;
    group.suspended ||= record.suspended === true;
    group.record = undefined;
  }

  private problem(record: HubRecord): string | undefined {
    const ofUid = uidProblem(record.uid);
    if (ofUid !== undefined) return ofUid;
    const ofValues = this.schema?.reasons(record.values) ?? [];
    return ofValues.length === 0 ? undefined : ofValues.join("; ");
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
      if (group.active === 0) {
        inactive += group.rows;
      } else if (group.record !== undefined && group.reason === undefined) {
        records.set(uid, group.record);
      } else {
        quarantined += group.rows;
        uids.add(uid);
        if (samples.length < SAMPLES)
          samples.push({ uid: printable(uid, LONGEST_SHOWN), reason: reasonOf(uid, group) });
      }
    }
    const quarantine = { count: quarantined, uids, samples };
    return { records, quarantined: quarantine, suspendedUids, seen, active: records.size, inactive };
  }
}

function reasonOf(uid: string, group: Group): string {
  if (uid === "") return group.rows === 1 ? "the uid is empty" : `the uid is empty, in ${group.rows} rows`;
  if (group.rows === 1) return group.reason ?? "";
  const inactive = group.rows - group.active;
  const disagreement = inactive === 0 ? "" : `, ${group.active} active and ${inactive} not`;
  return `${group.rows} rows have this uid${disagreement}`;
}
