import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createConnection } from "mysql2/promise";
import { type Database, type Mariadb, startMariadb } from "../../hack/database/mariadb";
import { type MysqlSettings } from "../../lib/datasource/mysql-settings";
import { MysqlSource } from "../../lib/datasource/mysql-source";
import { type ColumnValue } from "../../lib/datasource/row-source";

/** Long enough for a first start on a busy machine. */
export const START_TIMEOUT_MS = 300_000;

/** A MariaDB of one spec file, and the sources that its tests open. */
export class TestServer {
  private readonly sources: MysqlSource[] = [];

  private constructor(
    readonly mariadb: Mariadb,
    readonly database: Database,
    private readonly folder: string,
  ) {}

  static async start(): Promise<TestServer> {
    const folder = await mkdtemp(join(tmpdir(), "lynq-db-"));
    const mariadb = await startMariadb({ dataDir: folder, log: () => undefined });
    return new TestServer(mariadb, await mariadb.createDatabase(), folder);
  }

  settings(changes: Partial<MysqlSettings> = {}): MysqlSettings {
    const { host, port } = this.mariadb;
    const { name, user, password } = this.database;
    return { host, port, database: name, table: "rows", username: user, password, ...changes };
  }

  /** A source that is closed at the end of the test. */
  source(changes: Partial<MysqlSettings> = {}): MysqlSource {
    const source = new MysqlSource(this.settings(changes));
    this.sources.push(source);
    return source;
  }

  /** A statement whose transaction stays open until it is told to end. */
  async lateTransaction(statement: string): Promise<{ commit: () => Promise<void> }> {
    const { host, port } = this.mariadb;
    const { name, user, password } = this.database;
    const connection = await createConnection({ host, port, database: name, user, password });
    await connection.query("START TRANSACTION");
    await connection.query(statement);
    return {
      commit: async () => {
        await connection.query("COMMIT");
        await connection.end();
      },
    };
  }

  async closeSources(): Promise<void> {
    await Promise.all(this.sources.splice(0).map(source => source.close()));
  }

  async end(): Promise<void> {
    await this.closeSources();
    // Where a test left the server down, there is nothing to drop.
    await this.database.drop().catch(() => undefined);
    await this.mariadb.kill();
    await rm(this.folder, { recursive: true, force: true });
  }
}

/** All rows of one read. */
export async function readAll(
  source: MysqlSource,
  columns: readonly string[],
  signal: AbortSignal = new AbortController().signal,
): Promise<readonly (readonly ColumnValue[])[]> {
  const rows: (readonly ColumnValue[])[] = [];
  await source.read(columns, row => rows.push(row), signal);
  return rows;
}

/** What a promise was rejected with. */
export async function rejection(promise: Promise<unknown>): Promise<unknown> {
  try {
    await promise;
  } catch (error) {
    return error;
  }
  throw new Error("It resolved.");
}
