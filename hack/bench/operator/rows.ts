import { type Database } from "../../database/mariadb";
import { now } from "./clock";

/** One row as the bench has written it: what the operator is to make of it can be told from it alone. */
export interface TenantRow {
  readonly id: string;
  active: boolean;
  plan: string;
  replicas: number;
  readonly token: string;
}

/** The hub's table, and a copy of it in memory that says what must come of it. */
export class TenantTable {
  private readonly rows = new Map<string, TenantRow>();

  /** Where the rows are: `name` itself, or what a view of that name reads. */
  private stored: string;

  private constructor(
    readonly database: Database,
    readonly name: string,
  ) {
    this.stored = name;
  }

  static async create(database: Database, name: string): Promise<TenantTable> {
    await database.query(
      `CREATE TABLE ${name} (id VARCHAR(63) PRIMARY KEY, active BOOLEAN NOT NULL, plan VARCHAR(40) NOT NULL, replicas INT NOT NULL,
        token VARCHAR(64) NOT NULL, updated_at TIMESTAMP(6) NOT NULL DEFAULT CURRENT_TIMESTAMP(6) ON UPDATE CURRENT_TIMESTAMP(6),
        INDEX (updated_at))`,
    );
    return new TenantTable(database, name);
  }

  get all(): readonly TenantRow[] {
    return [...this.rows.values()];
  }

  get active(): readonly TenantRow[] {
    return this.all.filter(({ active }) => active);
  }

  /** One INSERT of all; answers when it was committed. */
  async insert(rows: readonly TenantRow[]): Promise<number> {
    for (const row of rows) this.rows.set(row.id, row);
    const values = rows.map(({ id, active, plan, replicas, token }) => [id, active, plan, replicas, token]);
    await this.database.query(`INSERT INTO ${this.stored} (id, active, plan, replicas, token) VALUES ?`, [values]);
    return now();
  }

  /** One UPDATE of these rows; answers when it was committed. */
  async update(
    ids: readonly string[],
    change: Partial<Pick<TenantRow, "active" | "plan" | "replicas">>,
  ): Promise<number> {
    for (const id of ids) Object.assign(this.row(id), change);
    await this.database.query(`UPDATE ${this.stored} SET ? WHERE id IN (?)`, [change, ids]);
    return now();
  }

  /** Every query of the hub takes that many seconds from here on; rows are written as fast as ever. The table is never missing. */
  async slowDown(seconds: number): Promise<void> {
    const { query } = this.database;
    const { name } = this;
    // A view is made of a table that exists; then all change their names at once.
    await query(`CREATE TABLE ${name}_rows LIKE ${name}`);
    await query(
      `CREATE VIEW ${name}_slow AS SELECT r.* FROM ${name}_rows AS r JOIN (SELECT SLEEP(${seconds})) AS pause`,
    );
    await query(`RENAME TABLE ${name}_rows TO ${name}_none, ${name} TO ${name}_rows, ${name}_slow TO ${name}`);
    this.stored = `${name}_rows`;
  }

  async speedUp(): Promise<void> {
    const { query } = this.database;
    const { name } = this;
    await query(`RENAME TABLE ${name} TO ${name}_slow, ${name}_rows TO ${name}`);
    this.stored = name;
    await query(`DROP VIEW ${name}_slow`);
    await query(`DROP TABLE ${name}_none`);
  }

  row(id: string): TenantRow {
    const row = this.rows.get(id);
    if (row === undefined) throw new Error(`the bench has written no row ${id}`);
    return row;
  }
}

/** The length of an id: a prefix, and a number that fills it up. */
const idLength = 6;

/** `count` rows, each with values of its own. */
export const tenantRows = (count: number, prefix = "t"): TenantRow[] =>
  Array.from({ length: count }, (_, index) => ({
    id: `${prefix}${String(index).padStart(idLength - prefix.length, "0")}`,
    active: true,
    plan: "basic",
    replicas: 1,
    token: `token-${index}-${"x".repeat(24)}`,
  }));
