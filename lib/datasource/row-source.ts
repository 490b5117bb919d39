/** One value of a row in its text form; null is SQL's NULL. */
export type ColumnValue = string | null;

/** A table or view whose rows can be read as one consistent snapshot. */
export interface RowSource {
  /**
   * Reads the named columns of every row, as they all were at one moment.
   *
   * `onRow` is called once for each row, with one value for each column, in the order of `columns`; it is never called
   * again once the promise has settled. The promise resolves only when the whole snapshot was read: rows that came
   * before a rejection are not a snapshot, and nothing may be concluded from them.
   *
   * @throws DataSourceError when any part of the snapshot could not be read, and with kind `interrupted` when `signal`
   * aborts or the source is closed. What `onRow` throws is thrown on.
   */
  read(columns: readonly string[], onRow: (row: readonly ColumnValue[]) => void, signal: AbortSignal): Promise<void>;

  /** Interrupts reads that are under way and closes every connection. Reads after it are refused. */
  close(): Promise<void>;
}
