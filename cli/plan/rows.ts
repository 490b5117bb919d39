import { type LynqHubObject } from "../../crds";
import { ApiError, findObject } from "../../lib/cluster";
import { HubSettingsError, mysqlSettings } from "../../lib/controllers/hub/hub-settings";
import { readSnapshot } from "../../lib/controllers/hub/hub-reader";
import { SECRETS } from "../../lib/controllers/kinds";
import { decodeSecret, type SecretData } from "../../lib/controllers/secrets";
import { DataSourceError, MysqlSource } from "../../lib/datasource";
import { type WantedRows } from "../../lib/plan/sync-plan";
import { type CommandCluster } from "../cluster/connection";
import { openTable } from "../row/database-table";
import { type DatabaseAddress } from "../row/database-url";

/** The rows of a hub's table, and what is to be known of them. */
export interface TableRows {
  readonly rows: WantedRows | undefined;
  readonly notes: readonly string[];
}

/** Reads the table of a hub from a database that somebody names. @throws DataSourceError */
export async function readTable(address: DatabaseAddress, hub: LynqHubObject): Promise<TableRows> {
  const { mysql } = hub.spec.source;
  if (mysql === undefined) throw new HubSettingsError("spec.source.mysql is required when type is mysql");
  return await readFrom(openTable(address, mysql), hub);
}

/** Reads the table of a hub as the operator does, if we may read the hub's Secrets, and the database can be reached from here. */
export async function tryTable({ client }: CommandCluster, hub: LynqHubObject): Promise<TableRows> {
  const read = async (namespace: string, name: string): Promise<SecretData | undefined> => {
    const secret = await findObject(client, SECRETS, { namespace, name });
    return secret && decodeSecret(secret);
  };
  try {
    const settings = await mysqlSettings(hub, { read }, new AbortController().signal);
    return await readFrom(new MysqlSource(settings), hub);
  } catch (error) {
    if (!(error instanceof ApiError || error instanceof HubSettingsError || error instanceof DataSourceError))
      throw error;
    const why = error instanceof ApiError ? error.serverMessage : error.message;
    return { rows: undefined, notes: [`the table of hub ${hub.metadata.name ?? ""} was not read: ${why}`] };
  }
}

async function readFrom(source: MysqlSource, hub: LynqHubObject): Promise<TableRows> {
  try {
    const { records, quarantined, suspendedUids } = await readSnapshot(source, hub, new AbortController().signal);
    const bad = quarantined.samples.map(({ uid, reason }) => `row ${JSON.stringify(uid)} is quarantined: ${reason}`);
    return { rows: { records, quarantinedUids: quarantined.uids, suspendedUids }, notes: bad };
  } finally {
    await source.close();
  }
}
