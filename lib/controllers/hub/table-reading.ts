import { type RowSnapshot, type RowSource } from "../../datasource";
import { judgeMark, type MarkMemory, rememberMark, type TableMark } from "../../record/change-mark";
import { type RowMapper } from "../../record/mapping";
import { RowTable } from "../../record/row-table";
import { type RowSchema } from "../../record/row-schema";

/** How much of the table was read: all rows, the newer ones, or none, since nothing has changed. */
export type Extent = "whole" | "part" | "none";

export interface TableLook {
  readonly extent: Extent;
  /** Uids whose rows say something else now. */
  readonly changed: ReadonlySet<string>;
}

export interface LookOptions {
  /** Read every row, whatever the mark says. */
  readonly whole: boolean;
  /** What the last read of every row was good for; another occasion asks for another one. */
  readonly occasion: string;
  readonly signal: AbortSignal;
}

export interface ReadingOptions {
  readonly mapper: RowMapper;
  readonly schema: RowSchema | undefined;
  /** Column with the change mark, and how long it is trusted. */
  readonly mark: { readonly column: string; readonly wholeEveryMs: number } | undefined;
  readonly now: () => number;
  readonly random: () => number;
}

/** How much earlier than its time a read of every row may come, so that hubs do not all do it at once. */
const JITTER = 0.1;

/** What one hub, as it is now, knows of its table, and how it finds out what has changed. */
export class TableReading {
  readonly table: RowTable;
  /** Undefined while nothing may be concluded from a mark: before the first read, and after one that failed. */
  private memory: (MarkMemory & { readonly occasion: string; readonly wholeDueAt: number }) | undefined;

  constructor(private readonly options: ReadingOptions) {
    this.table = new RowTable(options.mapper, options.schema);
  }

  /** Brings what is known up to date. When it throws, nothing of it has changed. */
  async look(source: RowSource, options: LookOptions): Promise<TableLook> {
    const { mark } = this.options;
    if (mark === undefined) return await source.snapshot(options.signal, snapshot => this.readAll(snapshot));
    const { memory } = this;
    this.memory = undefined;
    const isTrusted =
      memory !== undefined &&
      !options.whole &&
      memory.occasion === options.occasion &&
      this.options.now() < memory.wholeDueAt;
    if (isTrusted) {
      const found = await source.mark(mark.column, options.signal);
      if (judgeMark(memory, found, this.options.now()).kind === "same") {
        this.memory = memory;
        return { extent: "none", changed: new Set() };
      }
    }
    return await source.snapshot(options.signal, async snapshot => {
      const began = this.options.now();
      const found = await snapshot.mark(mark.column);
      const newer = isTrusted ? await this.readNewer(snapshot, mark.column, found, memory) : undefined;
      const changed = newer ?? (await this.readAllMarked(snapshot, mark.column));
      const ended = this.options.now();
      // A table that says one thing and another in one moment, as without transactions it may, is read again.
      const { rows, checksum } = this.table.totals;
      if (rows === found.rows && checksum === found.checksum) {
        this.memory = {
          ...rememberMark(memory, found, { began, ended }),
          occasion: options.occasion,
          wholeDueAt:
            newer !== undefined && memory !== undefined
              ? memory.wholeDueAt
              : ended + mark.wholeEveryMs * (1 - JITTER * this.options.random()),
        };
      }
      return { extent: newer === undefined ? "whole" : "part", changed };
    });
  }

  /** Uids of newer rows that say something else; undefined when they are not the whole story. */
  private async readNewer(
    snapshot: RowSnapshot,
    mark: string,
    found: TableMark,
    memory: MarkMemory,
  ): Promise<ReadonlySet<string> | undefined> {
    const verdict = judgeMark(memory, found, this.options.now());
    if (verdict.kind === "same") return new Set();
    if (verdict.kind === "whole") return undefined;
    const { mapper } = this.options;
    const scan = this.table.scan();
    await snapshot.rowsSince(mapper.columns, { uid: mapper.uidColumn, mark, since: verdict.since }, row => {
      scan.add(row.slice(0, -1), Number(row.at(-1)));
    });
    return scan.explains(found) ? scan.merge() : undefined;
  }

  private async readAll(snapshot: RowSnapshot): Promise<TableLook> {
    const scan = this.table.scan();
    await snapshot.rows(this.options.mapper.columns, row => {
      scan.add(row);
    });
    return { extent: "whole", changed: scan.replace() };
  }

  private async readAllMarked(snapshot: RowSnapshot, mark: string): Promise<ReadonlySet<string>> {
    const scan = this.table.scan();
    await snapshot.markedRows(this.options.mapper.columns, mark, row => {
      scan.add(row.slice(0, -1), Number(row.at(-1)));
    });
    return scan.replace();
  }
}
