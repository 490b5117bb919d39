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

  private constructor(
    readonly database: Database,
    readonly name: string,
  ) {}

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
    await this.database.query(`INSERT INTO ${this.name} (id, active, plan, replicas, token) VALUES ?`, [values]);
    return now();
  }

  /** One UPDATE of these rows; answers when it was committed. */
  async update(
    ids: readonly string[],
    change: Partial<Pick<TenantRow, "active" | "plan" | "replicas">>,
  ): Promise<number> {
    for (const id of ids) Object.assign(this.row(id), change);
    await this.database.query(`UPDATE ${this.name} SET ? WHERE id IN (?)`, [change, ids]);
    return now();
  }

  row(id: string): TenantRow {
    const row = this.rows.get(id);
    if (row === undefined) throw new Error(`the bench has written no row ${id}`);
    return row;
  }
}

/** `count` rows, each with values of its own. */
export const tenantRows = (count: number, prefix = "t"): TenantRow[] =>
  Array.from({ length: count }, (_, index) => ({
    id: `${prefix}${String(index).padStart(5, "0")}`,
    active: true,
    plan: "basic",
    replicas: 1,
    token: `token-${index}-${"x".repeat(24)}`,
  }));
