import { type LynqHubObject } from "../../crds";
import { mappingsOf } from "../../lib/controllers/hub/hub-settings";
import { RowMapper } from "../../lib/record/mapping";
import { type HubRecord } from "../../lib/record/record";
import { openTable } from "./database-table";
import { type DatabaseAddress } from "./database-url";
import { type GivenRecords, type RecordSource, RowError } from "./record-source";

/** A row of the hub's table, read from the database as the operator reads it: the whole table, as one snapshot. */
export class DatabaseRow implements RecordSource {
  constructor(
    private readonly address: DatabaseAddress,
    private readonly uid: string,
  ) {}

  /** @throws RowError, DataSourceError */
  async records(hub: LynqHubObject | undefined): Promise<GivenRecords> {
    const mysql = hub?.spec.source.mysql;
    if (hub === undefined || mysql === undefined) {
      throw new RowError("a row of a database needs its LynqHub: it names the table and its columns; give --hub");
    }
    const { table } = mysql;
    const source = openTable(this.address, mysql);
    const mapper = new RowMapper(mappingsOf(hub));
    const records: HubRecord[] = [];
    try {
      await source.read(
        mapper.columns,
        row => {
          const record = mapper.toRecord(row);
          if (record.uid === this.uid) records.push(record);
        },
        new AbortController().signal,
      );
    } finally {
      await source.close();
    }
    if (records.length === 0) throw new RowError(`table ${table} has no row with the uid ${JSON.stringify(this.uid)}`);
    return { records, notes: [] };
  }
}
