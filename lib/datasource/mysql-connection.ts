import { connect, type Socket } from "node:net";
import { createConnection, type Connection, type FieldPacket } from "mysql2";
import { DataSourceError } from "./data-source-error";
import { columnText, type MysqlColumn } from "./mysql-column-text";
import { fromDriverError, type ConnectionPhase } from "./mysql-error";
import { type MysqlSettings } from "./mysql-settings";
import { type TlsPlan } from "./mysql-tls";
import { type ColumnValue } from "./row-source";

/** How long an exchange with the server may last, or several together. */
export interface Limit {
  readonly seconds: number;
  /** `seconds` after the first exchange began, in milliseconds of performance.now(). */
  readonly deadline: number;
  readonly signal: AbortSignal;
}

/** A limit that begins now. */
export function limitFromNow(seconds: number, signal: AbortSignal): Limit {
  return { seconds, deadline: performance.now() + seconds * 1000, signal };
}

const KEEP_ALIVE_DELAY_MS = 30_000;

/**
 * Makes what the session reads the same on every server: texts in UTF-8, times in UTC, CHAR without its padding
 * (a mode of some servers), and snapshots that are snapshots (READ COMMITTED has none).
 */
const SESSION_STATEMENTS = [
  "SET NAMES utf8mb4",
  // A server's default limit would cut a table short without a word.
  "SET SESSION time_zone = '+00:00', sql_mode = '', sql_select_limit = 18446744073709551615",
  "SET SESSION TRANSACTION ISOLATION LEVEL REPEATABLE READ",
];

/**
 * One connection, one exchange at a time. Whatever goes wrong below the level of a statement breaks it for good:
 * its socket is destroyed at once, and no row of a broken exchange is handed out afterwards.
 */
export class MysqlConnection {
  private readonly socket: Socket;
  private readonly driver: Connection;
  private phase: ConnectionPhase = "connect";
  private failure: DataSourceError | undefined;
  private onFailure: ((error: DataSourceError) => void) | undefined;

  private constructor(
    private readonly settings: MysqlSettings,
    tls: TlsPlan | undefined,
  ) {
    // Our own socket: the driver's only half-closes, so that a stopped server could hold on to a dead read, and it
    // asks for and verifies no other name than the one that it dials.
    this.socket = connect({ host: settings.host, port: settings.port, noDelay: true });
    this.socket.setKeepAlive(true, KEEP_ALIVE_DELAY_MS);
    this.driver = createConnection({
      stream: () => this.socket,
      host: tls?.serverName ?? settings.host,
      user: settings.username,
      password: settings.password,
      database: settings.database,
      ...(tls !== undefined && { ssl: tls.options }),
      charset: "utf8mb4",
      connectTimeout: 0,
      connectAttributes: { program_name: "lynq" },
      multipleStatements: false,
      flags: ["-LOCAL_FILES"],
      typeCast: false,
      rowsAsArray: true,
      // The driver would build a parser's source code from the names of columns.
      disableEval: true,
      trace: false,
    });
    this.driver.on("error", error => {
      this.fail(error);
    });
    // Packets out of order, which the driver only remarks on.
    this.driver.on("warn", error => {
      this.fail(error);
    });
    this.socket.on("close", () => {
      // After the driver's own account of it, which knows more.
      setImmediate(() => {
        this.fail(new Error("closed"));
      });
    });
  }

  /** @throws DataSourceError when the connection is not ready for statements in time */
  static async open(settings: MysqlSettings, tls: TlsPlan | undefined, limit: Limit): Promise<MysqlConnection> {
    const connection = new MysqlConnection(settings, tls);
    await connection.exchange(limit, resolve => {
      connection.driver.once("connect", () => {
        resolve();
      });
    });
    try {
      for (const statement of SESSION_STATEMENTS) {
        await connection.run(statement, limit);
      }
    } catch (error) {
      connection.destroy();
      throw error;
    }
    connection.phase = "query";
    return connection;
  }

  /** Whether it can no longer be used. */
  get broken(): boolean {
    return this.failure !== undefined;
  }

  /**
   * Runs a statement that gives no rows.
   * @throws DataSourceError
   */
  run(sql: string, limit: Limit): Promise<void> {
    return this.stream(sql, () => undefined, limit);
  }

  /**
   * Runs a query, and resolves after its last row.
   * @throws DataSourceError, and what `onRow` throws
   */
  stream(
    sql: string,
    onRow: (row: readonly ColumnValue[]) => void,
    limit: Limit,
    onColumns?: (columns: readonly MysqlColumn[]) => void,
  ): Promise<void> {
    return this.exchange(limit, (resolve, reject) => {
      let texts: readonly ((bytes: Buffer) => string)[] = [];
      const query = this.driver.query(sql);
      query.on("fields", (fields: readonly FieldPacket[] | undefined) => {
        const columns = (fields ?? []).map(describe);
        texts = columns.map(columnText);
        onColumns?.(columns);
      });
      query.on("result", (row: unknown) => {
        // A statement without rows answers with a header, which is no array.
        if (this.failure !== undefined || !isRow(row)) return;
        try {
          onRow(texts.map((text, index) => textOf(row[index], text)));
        } catch (error) {
          reject(error instanceof Error ? error : new Error(String(error)));
          this.destroy();
        }
      });
      query.on("error", (error: unknown) => {
        reject(fromDriverError(error, this.settings, this.phase));
      });
      query.on("end", () => {
        resolve();
      });
    });
  }

  /** Closes the connection at once. An exchange that is under way is rejected. */
  destroy(): void {
    this.fail(new DataSourceError("interrupted", "The connection was closed."));
  }

  /** Runs one exchange to its first outcome: an answer, a broken connection, too long a wait, or an abort. */
  private exchange(limit: Limit, start: (resolve: () => void, reject: (error: Error) => void) => void): Promise<void> {
    return new Promise((resolve, reject) => {
      if (this.failure !== undefined) {
        reject(this.failure);
        return;
      }
      const { signal } = limit;
      const settled = (): void => {
        clearTimeout(timer);
        signal.removeEventListener("abort", onAbort);
        this.onFailure = undefined;
      };
      const onAbort = (): void => {
        this.fail(new DataSourceError("interrupted", `The read from the database server ${this.address} was stopped.`));
      };
      const timer = setTimeout(() => {
        this.fail(
          new DataSourceError(
            "timeout",
            `The database server ${this.address} gave no complete answer within ${limit.seconds} s.`,
          ),
        );
      }, limit.deadline - performance.now());
      this.onFailure = error => {
        settled();
        reject(error);
      };
      if (signal.aborted) {
        onAbort();
        return;
      }
      signal.addEventListener("abort", onAbort, { once: true });
      start(
        () => {
          settled();
          resolve();
        },
        error => {
          settled();
          reject(error);
        },
      );
    });
  }

  private get address(): string {
    return `${this.settings.host}:${this.settings.port}`;
  }

  private fail(error: unknown): void {
    if (this.failure !== undefined) return;
    this.failure = fromDriverError(error, this.settings, this.phase);
    this.socket.destroy();
    this.driver.destroy();
    this.onFailure?.(this.failure);
  }
}

function describe(field: FieldPacket): MysqlColumn {
  return {
    type: field.columnType ?? 0,
    characterSet: field.characterSet ?? 0,
    flags: typeof field.flags === "number" ? field.flags : 0,
  };
}

function isRow(row: unknown): row is readonly unknown[] {
  return Array.isArray(row);
}

function textOf(value: unknown, text: (bytes: Buffer) => string): ColumnValue {
  if (value === null) return null;
  if (!Buffer.isBuffer(value)) throw new DataSourceError("query", "The driver gave a value that is not bytes.");
  return text(value);
}
