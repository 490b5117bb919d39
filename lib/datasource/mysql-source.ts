import { DataSourceError } from "./data-source-error";
import { limitFromNow, MysqlConnection, type Limit } from "./mysql-connection";
import { isMissingTable } from "./mysql-error";
import { isPossibleIdentifier, quoteIdentifier, tableCandidates } from "./mysql-identifier";
import { MysqlPool } from "./mysql-pool";
import { DEFAULT_CONNECT_TIMEOUT_SECONDS, DEFAULT_QUERY_TIMEOUT_SECONDS, type MysqlSettings } from "./mysql-settings";
import { tlsPlan, type TlsPlan } from "./mysql-tls";
import { type ColumnValue, type RowSource } from "./row-source";

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

  async read(
    columns: readonly string[],
    onRow: (row: readonly ColumnValue[]) => void,
    signal: AbortSignal,
  ): Promise<void> {
    for (const column of columns) {
      if (!isPossibleIdentifier(column)) {
        throw new DataSourceError(
          "unknown-column",
          `No column can be called ${JSON.stringify(column)}. Correct the mapping.`,
        );
      }
    }
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
        await this.readSnapshot(columns, onRow, stop.signal);
      } finally {
        this.pool.leave();
      }
    } finally {
      this.reads.delete(stop);
      signal.removeEventListener("abort", onAbort);
    }
  }

  close(): Promise<void> {
    this.closed = true;
    for (const stop of this.reads) stop.abort();
    this.pool.closeIdle();
    return Promise.resolve();
  }

  private async readSnapshot(
    columns: readonly string[],
    onRow: (row: readonly ColumnValue[]) => void,
    signal: AbortSignal,
  ): Promise<void> {
    const connection = await this.begin(signal);
    try {
      await this.select(connection, columns, onRow, limitFromNow(this.querySeconds, signal));
    } catch (error) {
      // Whatever is left of the answer and of the transaction goes with the connection.
      connection.destroy();
      throw error;
    }
    await this.end(connection, signal);
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
    columns: readonly string[],
    onRow: (row: readonly ColumnValue[]) => void,
    limit: Limit,
  ): Promise<void> {
    const candidates = this.tableSql === undefined ? tableCandidates(this.settings.table) : [this.tableSql];
    const received = { rows: 0 };
    const onEachRow = (row: readonly ColumnValue[]): void => {
      received.rows += 1;
      onRow(row);
    };
    for (const [index, table] of candidates.entries()) {
      try {
        await connection.stream(selectStatement(columns, table, limit.seconds), onEachRow, limit);
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
    if (this.closed) connection.destroy();
    this.pool.keep(connection);
  }

  private shortLimit(signal: AbortSignal): Limit {
    return limitFromNow(this.connectSeconds, signal);
  }
}

/**
 * The server is told of the limit too, each kind in its own way that the other takes for a comment: a query that we gave up on,
 * of a view that takes minutes, would go on there, one more with every sync.
 */
function selectStatement(columns: readonly string[], table: string, seconds: number): string {
  const list = columns.map(quoteIdentifier).join(", ");
  const mariadb = `/*M!100201 SET STATEMENT max_statement_time = ${seconds} FOR */`;
  const mysql = `/*+ MAX_EXECUTION_TIME(${Math.ceil(seconds * 1000)}) */`;
  return `${mariadb} SELECT ${mysql} ${list} FROM ${table}`;
}
