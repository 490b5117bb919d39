import { type RowMapper, type Row } from "./mapping";
import { type QuarantineSample, quarantineSample, RowGroup, SAMPLES } from "./quarantine";
import { type HubRecord } from "./record";
import { type RowSchema } from "./row-schema";
import { parseRowText, rowText } from "./row-text";

/** How many rows a table has, and a checksum over the marks of all of them. */
export interface TableTotals {
  readonly rows: number;
  readonly checksum: bigint;
}

/** What is kept of the rows of one uid. */
interface Entry {
  /** Text of the one row, while it is active; otherwise its values are of no use. */
  readonly text: string | undefined;
  readonly rows: number;
  readonly active: number;
  readonly suspended: boolean;
  /** Why there is no node for it. */
  readonly reason: string | undefined;
  /** Sum over the checksums of the rows' marks. */
  readonly checksum: number;
  /** Number of the scan that saw it last. */
  scan: number;
}

/**
 * The rows of a hub's table as they were last read, as its mappings and row schema take them.
 *
 * Of each row only its text is kept; its record is made when somebody asks for it. A scan compares rows as they come, and
 * sets aside what differs, so that a table is in memory once, whatever its size.
 */
export class RowTable {
  private readonly entries = new Map<string, Entry>();
  private readonly quarantine = new Set<string>();
  private readonly frozen = new Set<string>();
  private scans = 0;
  private totalRows = 0;
  private checksum = 0n;
  private quarantinedRows = 0;
  private usable = 0;
  private firstQuarantined: readonly QuarantineSample[] | undefined;

  constructor(
    readonly mapper: RowMapper,
    private readonly schema?: RowSchema,
  ) {}

  /** Rows that the table holds. */
  get seen(): number {
    return this.totalRows;
  }

  /** Rows that become nodes. */
  get active(): number {
    return this.usable;
  }

  /** Rows that ask for nodes and cannot have any. */
  get quarantined(): number {
    return this.quarantinedRows;
  }

  get totals(): TableTotals {
    return { rows: this.totalRows, checksum: this.checksum };
  }

  /** The first quarantined uids, in order. */
  get samples(): readonly QuarantineSample[] {
    this.firstQuarantined ??= [...this.quarantine]
      .sort()
      .slice(0, SAMPLES)
      .map(uid => quarantineSample(uid, this.entries.get(uid)?.reason ?? ""));
    return this.firstQuarantined;
  }

  get quarantinedUids(): ReadonlySet<string> {
    return this.quarantine;
  }

  /** Uids with a row, active or not, that freezes its nodes. */
  get suspendedUids(): ReadonlySet<string> {
    return this.frozen;
  }

  /** Uids of the rows that become nodes. */
  *uids(): Generator<string, void, undefined> {
    for (const [uid, entry] of this.entries) if (isUsable(entry)) yield uid;
  }

  /** The active, valid row of a uid; undefined when it has none. */
  record(uid: string): HubRecord | undefined {
    const entry = this.entries.get(uid);
    if (entry?.text === undefined || !isUsable(entry)) return undefined;
    return new StoredRecord(uid, entry.suspended ? true : undefined, entry.text, this.mapper);
  }

  /** Begins a read. Nothing of it counts before it is told to. */
  scan(): RowScan {
    return new RowScan(this, this.schema, ++this.scans);
  }

  /** @internal for scans */
  entry(uid: string): Entry | undefined {
    return this.entries.get(uid);
  }

  /** @internal for scans: what no scan of that number has seen is gone. Answers its uids. */
  sweep(scan: number): string[] {
    const gone: string[] = [];
    for (const [uid, entry] of this.entries) if (entry.scan !== scan) gone.push(uid);
    for (const uid of gone) this.set(uid, undefined);
    return gone;
  }

  /** @internal for scans */
  set(uid: string, next: Entry | undefined): void {
    const previous = this.entries.get(uid);
    if (previous !== undefined) this.count(uid, previous, -1);
    if (next === undefined) this.entries.delete(uid);
    else {
      this.entries.set(uid, next);
      this.count(uid, next, 1);
    }
  }

  private count(uid: string, entry: Entry, by: 1 | -1): void {
    this.totalRows += by * entry.rows;
    this.checksum += BigInt(by * entry.checksum);
    if (isUsable(entry)) this.usable += by;
    if (entry.suspended) change(this.frozen, uid, by);
    if (entry.reason === undefined) return;
    this.quarantinedRows += by * entry.rows;
    change(this.quarantine, uid, by);
    this.firstQuarantined = undefined;
  }
}

/** A row as it was when somebody asked for it; its values are made when they are looked at. */
class StoredRecord implements HubRecord {
  readonly active = true;
  private made: ReadonlyMap<string, string> | undefined;

  constructor(
    readonly uid: string,
    readonly suspended: true | undefined,
    private readonly text: string,
    private readonly mapper: RowMapper,
  ) {}

  get values(): ReadonlyMap<string, string> {
    this.made ??= this.mapper.toRecord(parseRowText(this.text, this.mapper.columns.length)).values;
    return this.made;
  }
}

/** One read of the table, or of a part of it. */
export class RowScan {
  private readonly staged = new Map<string, { group: RowGroup; text: string | undefined; checksum: number }>();

  /** @internal made by {@link RowTable.scan} */
  constructor(
    private readonly table: RowTable,
    private readonly schema: RowSchema | undefined,
    private readonly number: number,
  ) {}

  /**
   * Takes the next row.
   *
   * @param row the mapped columns
   * @param checksum of the row's mark; 0 without one
   */
  add(row: Row, checksum = 0): void {
    const { mapper } = this.table;
    const uid = mapper.uidOf(row);
    const known = this.table.entry(uid);
    const staged = this.staged.get(uid);
    const text = rowText(row);
    if (staged === undefined && known !== undefined && known.scan !== this.number) {
      if (known.checksum === checksum && (known.text === text || this.isAsInactive(row, known))) {
        known.scan = this.number;
        return;
      }
    }
    const next = staged ?? this.stage(uid, known);
    next.group.add(mapper.toRecord(row), this.schema);
    next.text = next.group.record === undefined ? undefined : text;
    next.checksum += checksum;
  }

  /**
   * Whether the rows that were read explain all that has changed. If not, or if one of them lets a node go, only the whole table can tell: what a part of it
   * does not show may be anywhere else.
   *
   * @param totals what the table has at the moment of the read
   */
  explains({ rows, checksum }: TableTotals): boolean {
    let expectedRows = this.table.totals.rows;
    let expectedChecksum = this.table.totals.checksum;
    for (const [uid, { group, checksum: own }] of this.staged) {
      const known = this.table.entry(uid);
      const turnsOff = known !== undefined && known.active > 0 && group.active === 0;
      if (turnsOff || (known?.suspended === true && !group.suspended)) return false;
      expectedRows += group.rows - (known?.rows ?? 0);
      expectedChecksum += BigInt(own - (known?.checksum ?? 0));
    }
    return expectedRows === rows && expectedChecksum === checksum;
  }

  /** Everything was read: the rows are these, and no others. Answers the uids whose rows say something else now. */
  replace(): Set<string> {
    const changed = this.merge();
    for (const uid of this.table.sweep(this.number)) changed.add(uid);
    return changed;
  }

  /** A part was read, with all rows of each uid in it. Answers the uids whose rows say something else now. */
  merge(): Set<string> {
    const changed = new Set<string>();
    for (const [uid, { group, text, checksum }] of this.staged) {
      const known = this.table.entry(uid);
      const { rows, active, suspended } = group;
      const next = { text, rows, active, suspended, reason: group.reason(uid), checksum, scan: this.number };
      this.table.set(uid, next);
      if (known === undefined ? active > 0 || suspended : !meansTheSame(known, next)) changed.add(uid);
    }
    return changed;
  }

  private isAsInactive(row: Row, { rows, active, suspended }: Entry): boolean {
    const { mapper } = this.table;
    return rows === 1 && active === 0 && !mapper.isActive(row) && mapper.isSuspended(row) === suspended;
  }

  private stage(uid: string, known: Entry | undefined) {
    const staged = { group: new RowGroup(), text: undefined, checksum: 0 };
    if (known?.scan === this.number) {
      // It came already, as it was, and is not the only one of its uid any more.
      staged.group.addUnread(known.active > 0, known.suspended);
      staged.checksum = known.checksum;
    }
    this.staged.set(uid, staged);
    return staged;
  }
}

function isUsable({ active, reason }: Entry): boolean {
  return active > 0 && reason === undefined;
}

function meansTheSame(a: Entry, b: Entry): boolean {
  return (
    a.text === b.text &&
    a.rows === b.rows &&
    a.active === b.active &&
    a.suspended === b.suspended &&
    a.reason === b.reason
  );
}

function change(set: Set<string>, uid: string, by: 1 | -1): void {
  if (by === 1) set.add(uid);
  else set.delete(uid);
}
