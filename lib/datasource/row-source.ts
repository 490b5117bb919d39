import { type TableMark } from "../record/change-mark";

/** One value of a row in its text form; null is SQL's NULL. */
export type ColumnValue = string | null;

type OnRow = (row: readonly ColumnValue[]) => void;

/**
 * A table or view whose rows can be read as they all were at one moment.
 *
 * Whatever fails throws DataSourceError, with kind `interrupted` when the signal aborts or the source is closed.
 */
export interface RowSource {
  /**
   * Hands out one moment of the table, for as long as `work` takes.
   * Where that moment turns out to be none, before its first answer, `work` begins anew with another one.
   * What `work` throws is thrown on; what it had read by then is no snapshot, and nothing may be concluded from it.
   */
  snapshot<Result>(signal: AbortSignal, work: (snapshot: RowSnapshot) => Promise<Result>): Promise<Result>;

  /** The table's mark of now, at the price of one small query. */
  mark(column: string, signal: AbortSignal): Promise<TableMark>;

  /** Interrupts reads that are under way and closes every connection. Reads after it are refused. */
  close(): Promise<void>;
}

/**
 * The table at one moment; whatever is asked of it is answered for that moment.
 *
 * `onRow` is called once for each row, with one value for each column, in the order of `columns`, and never again once the promise has settled. A promise
 * resolves only when every row was read. How rows come is the source's own affair: one stream, or pages by keyset. Pages are complete when all are read of
 * one snapshot, each begins after the greatest key of the one before, the key is unique and not null, and the last page has come empty.
 */
export interface RowSnapshot {
  /** Every row. */
  rows(columns: readonly string[], onRow: OnRow): Promise<void>;

  mark(column: string): Promise<TableMark>;

  /** Every row, with the checksum of its mark (0 without one) as one value more. */
  markedRows(columns: readonly string[], mark: string, onRow: OnRow): Promise<void>;

  /** The same for each `uid` of which a row has no mark, or `since` or a greater one; all rows of such a uid come. */
  rowsSince(columns: readonly string[], newer: NewerRows, onRow: OnRow): Promise<void>;
}

export interface NewerRows {
  /** Column of the rows' identity. */
  readonly uid: string;
  /** Column of the marks. */
  readonly mark: string;
  /** `2026-01-02 03:04:05` in UTC, or a whole number. */
  readonly since: string;
}
