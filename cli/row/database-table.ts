import { type MySqlSource, mySqlSourceDefaults, tlsSettingsDefaults } from "../../crds";
import { MysqlSource } from "../../lib/datasource";
import { type DatabaseAddress } from "./database-url";

/** The hub's table, in a database that somebody names. What the address leaves open is as the hub has it. */
export function openTable(address: DatabaseAddress, hub: MySqlSource): MysqlSource {
  const { host, port, username, password, tls } = address;
  const { database = hub.database } = address;
  const { table, connectTimeoutSeconds, queryTimeoutSeconds } = { ...mySqlSourceDefaults, ...hub };
  const mode = hub.tls?.mode ?? tlsSettingsDefaults.mode;
  return new MysqlSource({
    host,
    port,
    username,
    password,
    database,
    table,
    connectTimeoutSeconds,
    queryTimeoutSeconds,
    tls: tls ?? { mode, ...(hub.tls?.serverName === undefined ? {} : { serverName: hub.tls.serverName }) },
  });
}
