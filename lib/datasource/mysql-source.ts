import { type TableMark } from "../record/change-mark";
import { DataSourceError } from "./data-source-error";
import { isMark, type MysqlColumn } from "./mysql-column-text";
import { limitFromNow, MysqlConnection, type Limit } from "./mysql-connection";
import { isAlteredMeanwhile, isMissingTable } from "./mysql-error";
import { tableCandidates } from "./mysql-identifier";
import { MysqlPool } from "./mysql-pool";
import { DEFAULT_CONNECT_TIMEOUT_SECONDS, DEFAULT_QUERY_TIMEOUT_SECONDS, type MysqlSettings } from "./mysql-settings";
import { selectMark, selectMarkedRows, selectRows, selectRowsSince, type TableStatement } from "./mysql-statements";
import { tlsPlan, type TlsPlan } from "./mysql-tls";
import { type ColumnValue, type RowSnapshot, type RowSource } from "./row-source";

/**
 * A table or view of MySQL (5.7 or newer) or MariaDB (10.2 or newer), read in a read-only transaction with a consistent snapshot.
 * Keeps its connections between reads, and opens none before the first. Texts of values: see columnText.
 */
export class MysqlSource implements RowSource {
  private readonly tls: TlsPlan | undefined;
  private readonly pool = new MysqlPool();
  private readonly reads = new Set<AbortController>();
  private readonly connectSeconds: number;
  private readonly querySeconds: number;
  /** What the table's name turned out to mean; kept, so that a table that is dropped later is missing, not another. */
  private tableSql: string | undefined;
  private closed = false;

  /** @throws DataSourceError of kind `tls` when the TLS settings cannot be used, whatever the server says */
  constructor(private readonly settings: MysqlSettings) {
    this.tls = tlsPlan(settings);
    this.connectSeconds = settings.connectTimeoutSeconds ?? DEFAULT_CONNECT_TIMEOUT_SECONDS;
    this.querySeconds = settings.queryTimeoutSeconds ?? DEFAULT_QUERY_TIMEOUT_SECONDS;
  }

  snapshot<Result>(signal: AbortSignal, work: (snapshot: RowSnapshot) => Promise<Result>): Promise<Result> {
    return this.use(signal, async stop => {
      for (let isFirst = true; ; isFirst = false) {
        const connection = await this.begin(stop);
        let result: Result;
        try {
          result = await work(this.snapshotOn(connection, stop));
        } catch (error) {
          // Whatever is left of the answer and of the transaction goes with the connection.
          connection.destroy();
          // The server says so to the first question, before any row: the snapshot is older than the table, and another one is not.
          if (isFirst && isAlteredMeanwhile(error)) continue;
          throw error;
        }
        await this.end(connection, stop);
        return result;
      }
    });
  }

  /** Every row of one snapshot. */
  async read(
    columns: readonly string[],
    onRow: (row: readonly ColumnValue[]) => void,
    signal: AbortSignal,
  ): Promise<void> {
    await this.snapshot(signal, snapshot => snapshot.rows(columns, onRow));
  }

  mark(column: string, signal: AbortSignal): Promise<TableMark> {
    return this.use(signal, async stop => {
      for (;;) {
        const kept = this.pool.take();
        const connection = kept ?? (await this.open(stop));
        try {
          const mark = await this.selectMark(connection, column, stop);
          this.keep(connection);
          return mark;
        } catch (error) {
          connection.destroy();
          const isDead = error instanceof DataSourceError && error.kind === "interrupted";
          if (kept === undefined || !isDead || stop.aborted) throw error;
        }
      }
    });
  }

  close(): Promise<void> {
    this.closed = true;
    for (const stop of this.reads) stop.abort();
    this.pool.closeIdle();
    return Promise.resolve();
  }

  /** Does work that {@link close} and the signal interrupt, when one of the source's connections is free. */
  private async use<Result>(signal: AbortSignal, work: (stop: AbortSignal) => Promise<Result>): Promise<Result> {
    if (this.closed) throw new DataSourceError("interrupted", "The data source is closed.");
    const stop = new AbortController();
    const onAbort = (): void => {
      stop.abort();
    };
    if (signal.aborted) onAbort();
    signal.addEventListener("abort", onAbort, { once: true });
    this.reads.add(stop);
    try {
      await this.pool.enter(stop.signal);
      try {
        return await work(stop.signal);
      } finally {
        this.pool.leave();
      }
    } finally {
      this.reads.delete(stop);
      signal.removeEventListener("abort", onAbort);
    }
  }

  private snapshotOn(connection: MysqlConnection, signal: AbortSignal): RowSnapshot {
    const seconds = this.querySeconds;
    const run = (statement: TableStatement, onRow: (row: readonly ColumnValue[]) => void) =>
      this.select(connection, statement, onRow, limitFromNow(seconds, signal));
    return {
      rows: (columns, onRow) => run(selectRows(columns, seconds), onRow),
      mark: column => this.selectMark(connection, column, signal),
      markedRows: (columns, mark, onRow) => run(selectMarkedRows(columns, mark, seconds), onRow),
      rowsSince: (columns, newer, onRow) => run(selectRowsSince(columns, newer, seconds), onRow),
    };
  }

  private async selectMark(connection: MysqlConnection, column: string, signal: AbortSignal): Promise<TableMark> {
    let answer: readonly ColumnValue[] = [];
    let types: readonly MysqlColumn[] = [];
    await this.select(
      connection,
      selectMark(column, this.querySeconds),
      row => {
        answer = row;
      },
      limitFromNow(this.querySeconds, signal),
      columns => {
        types = columns;
      },
    );
    const [rows, unmarked, checksum, newest = null, now] = answer;
    if (!isMark(types[3])) {
      throw new DataSourceError(
        "change-mark",
        `Column ${JSON.stringify(column)} of table ${JSON.stringify(this.settings.table)} cannot be a change mark: ` +
          "it must be a TIMESTAMP, a DATETIME or a whole number that every INSERT and UPDATE sets anew. Correct changeMark.column, or leave changeMark out.",
      );
    }
    return {
      rows: Number(rows),
      unmarked: Number(unmarked),
      checksum: BigInt(checksum ?? 0),
      newest,
      now: now ?? "",
    };
  }

  /** A connection that has taken its snapshot. A kept one that turns out to be dead is replaced. */
  private async begin(signal: AbortSignal): Promise<MysqlConnection> {
    for (;;) {
      const kept = this.pool.take();
      const connection = kept ?? (await this.open(signal));
      try {
        await connection.run("START TRANSACTION WITH CONSISTENT SNAPSHOT, READ ONLY", this.shortLimit(signal));
        return connection;
      } catch (error) {
        connection.destroy();
        if (kept === undefined || signal.aborted) throw error;
      }
    }
  }

  private async open(signal: AbortSignal): Promise<MysqlConnection> {
    try {
      return await MysqlConnection.open(this.settings, this.tls, this.shortLimit(signal));
    } catch (error) {
      const tlsFailed = error instanceof DataSourceError && error.kind === "tls";
      if (this.tls?.optional !== true || !tlsFailed) throw error;
      return MysqlConnection.open(this.settings, undefined, this.shortLimit(signal));
    }
  }

  private async select(
    connection: MysqlConnection,
    statement: TableStatement,
    onRow: (row: readonly ColumnValue[]) => void,
    limit: Limit,
    onColumns?: (columns: readonly MysqlColumn[]) => void,
  ): Promise<void> {
    const candidates = this.tableSql === undefined ? tableCandidates(this.settings.table) : [this.tableSql];
    const received = { rows: 0 };
    const onEachRow = (row: readonly ColumnValue[]): void => {
      received.rows += 1;
      onRow(row);
    };
    for (const [index, table] of candidates.entries()) {
      try {
        await connection.stream(statement(table), onEachRow, limit, onColumns);
        this.tableSql = table;
        return;
      } catch (error) {
        // A view can miss a table in the middle of its rows: that is no reason to add another table's.
        if (received.rows > 0 || !isMissingTable(error) || index === candidates.length - 1) throw error;
      }
    }
  }

  /** The snapshot is complete by now, so that nothing that goes wrong here concerns the reader. */
  private async end(connection: MysqlConnection, signal: AbortSignal): Promise<void> {
    try {
      await connection.run("COMMIT", this.shortLimit(signal));
    } catch {
      connection.destroy();
    }
    this.keep(connection);
  }

  private keep(connection: MysqlConnection): void {
    if (this.closed) connection.destroy();
    this.pool.keep(connection);
  }

  private shortLimit(signal: AbortSignal): Limit {
    return limitFromNow(this.connectSeconds, signal);
  }
}
