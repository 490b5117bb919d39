import { randomBytes } from "node:crypto";

import { type Mariadb, type Query } from "../database/mariadb";

/** The database of the articles: `nodes`, read by the user `node_reader`. */
export interface DemoDatabase {
  readonly host: string;
  readonly port: number;
  readonly readerPassword: string;
  /** As the shop's own application, which may write. */
  readonly query: Query;
  /** The command that opens it for the audience. */
  readonly clientCommand: string;
  /** Drops every table, view and event. */
  clear(): Promise<void>;
  stop(): Promise<void>;
  start(): Promise<void>;
}

const reader = "node_reader";

/** Makes the database, and a user that may do nothing but read it. */
export async function createDemoDatabase(server: Mariadb): Promise<DemoDatabase> {
  const { query, user, password } = await server.createDatabase("nodes");
  const readerPassword = randomBytes(12).toString("hex");
  await server.query(`CREATE USER ${reader}@'${server.host}' IDENTIFIED BY '${readerPassword}'`);
  await server.query(`GRANT SELECT ON nodes.* TO ${reader}@'${server.host}'`);
  await server.query("SET GLOBAL event_scheduler = ON");
  return {
    host: server.host,
    port: server.port,
    readerPassword,
    query,
    clientCommand: `mariadb --host=${server.host} --port=${server.port} --user=${user} --password=${password} --skip-ssl nodes`,
    clear: async () => {
      const made = await query(
        `SELECT IF(TABLE_TYPE = 'VIEW', 'VIEW', 'TABLE') AS kind, TABLE_NAME AS name FROM information_schema.TABLES WHERE TABLE_SCHEMA = DATABASE()
         UNION ALL SELECT 'EVENT', EVENT_NAME FROM information_schema.EVENTS WHERE EVENT_SCHEMA = DATABASE()`,
      );
      for (const { kind, name } of made) await query(`DROP ${String(kind)} \`${String(name)}\``);
    },
    stop: () => server.stop(),
    start: () => server.start(),
  };
}
