import { randomBytes } from "node:crypto";

import { createPool, escape, escapeId, type Pool } from "mysql2/promise";

/** One row of a result, by column name. */
export type Row = Readonly<Record<string, unknown>>;

/** Runs one statement with values in the place of `?`, and answers its rows; none for a statement that has no result. */
export type Query = (sql: string, values?: readonly unknown[]) => Promise<readonly Row[]>;

/** A database of one test, with a user who may do everything in it and nothing elsewhere. */
export interface Database {
  readonly name: string;
  readonly user: string;
  readonly password: string;
  /** As root, with this database as the current one. */
  readonly query: Query;
  /** Runs the statements as one: whoever reads meanwhile sees all of them or none. */
  transaction(statements: readonly string[]): Promise<void>;
  /** Removes the database and its user. */
  drop(): Promise<void>;
}

/** How root reaches a server over TCP. */
export interface RootAccess {
  readonly host: string;
  readonly port: number;
  readonly rootUser: string;
  readonly rootPassword: string;
}

const isRow = (value: unknown): value is Row => typeof value === "object" && value !== null && !Array.isArray(value);

/** Statements of root on one server, over connections that are opened when they are needed and closed when they are not. */
export class MariadbClient {
  readonly #pools = new Map<string, Pool>();

  constructor(private readonly access: RootAccess) {}

  readonly query: Query = (sql, values) => this.#queryIn("", sql, values);

  /** Creates a database and its user, of the same name. */
  async createDatabase(name = `lynq_${randomBytes(4).toString("hex")}`): Promise<Database> {
    const password = randomBytes(12).toString("hex");
    const account = `${escape(name)}@${escape(this.access.host)}`;
    await this.query(`CREATE DATABASE ${escapeId(name)}`);
    await this.query(`CREATE USER ${account} IDENTIFIED BY ${escape(password)}`);
    await this.query(`GRANT ALL PRIVILEGES ON ${escapeId(name)}.* TO ${account}`);
    return {
      name,
      user: name,
      password,
      query: (sql, values) => this.#queryIn(name, sql, values),
      transaction: statements => this.#transactionIn(name, statements),
      drop: async () => {
        await this.#close(name);
        await this.query(`DROP DATABASE IF EXISTS ${escapeId(name)}`);
        await this.query(`DROP USER IF EXISTS ${account}`);
      },
    };
  }

  /** Ends every connection; the next statement opens new ones. */
  async close(): Promise<void> {
    await Promise.all([...this.#pools.keys()].map(name => this.#close(name)));
  }

  async #queryIn(database: string, sql: string, values: readonly unknown[] = []): Promise<readonly Row[]> {
    const [result] = await this.#poolOf(database).query(sql, [...values]);
    const rows: readonly unknown[] = Array.isArray(result) ? result : [];
    return rows.filter(isRow);
  }

  async #transactionIn(database: string, statements: readonly string[]): Promise<void> {
    const connection = await this.#poolOf(database).getConnection();
    try {
      await connection.beginTransaction();
      for (const statement of statements) await connection.query(statement);
      await connection.commit();
    } catch (error) {
      // With it goes whatever was begun.
      connection.destroy();
      throw error;
    }
    connection.release();
  }

  #poolOf(database: string): Pool {
    return this.#pools.get(database) ?? this.#connect(database);
  }

  #connect(database: string): Pool {
    const { host, port, rootUser, rootPassword } = this.access;
    const pool = createPool({
      host,
      port,
      user: rootUser,
      password: rootPassword,
      connectionLimit: 4,
      maxIdle: 1,
      idleTimeout: 5_000,
      connectTimeout: 5_000,
      charset: "utf8mb4",
      ...(database === "" ? {} : { database }),
    });
    this.#pools.set(database, pool);
    return pool;
  }

  async #close(database: string): Promise<void> {
    const pool = this.#pools.get(database);
    this.#pools.delete(database);
    // A server that is gone has closed them already.
    await pool?.end().catch(() => undefined);
  }
}
