import { type LynqHubObject } from "../../../crds";
import { DataSourceError, fingerprint, MysqlSource, type RowSource } from "../../datasource";
import { RowMapper } from "../../record/mapping";
import { RowSchema, RowSchemaError } from "../../record/row-schema";
import { type Snapshot, SnapshotBuilder } from "../../record/quarantine";
import { HubSettingsError, mappingsOf, mysqlSettings } from "./hub-settings";
import { type Secrets, SecretUnreadableError } from "../secrets";

/** What reading a hub's table came to. */
export type ReadResult =
  | { readonly kind: "complete"; readonly snapshot: Snapshot }
  /** `cause`: one word for machines, one of a few. */
  | {
      readonly kind: "failed";
      readonly cause: string;
      readonly reason: string;
      readonly message: string;
      readonly retrying: boolean;
    };

/** Kinds of failure that pass by themselves; the others need somebody to change something. */
const PASSING: ReadonlySet<string> = new Set(["unreachable", "timeout", "interrupted"]);

/** Reads the tables of hubs; keeps each hub's connections between reads. */
export class HubReader {
  private readonly sources = new Map<string, { fingerprint: string; source: RowSource }>();

  constructor(private readonly secrets: Secrets) {}

  /** One complete read, or why there is none. Rows that came before a failure are never looked at. */
  async read(key: string, hub: LynqHubObject, signal: AbortSignal): Promise<ReadResult> {
    try {
      return { kind: "complete", snapshot: await readSnapshot(await this.source(key, hub, signal), hub, signal) };
    } catch (error) {
      return failure(error);
    }
  }

  /** Closes the hub's connections. */
  async forget(key: string): Promise<void> {
    const known = this.sources.get(key);
    this.sources.delete(key);
    await known?.source.close();
  }

  async stop(): Promise<void> {
    await Promise.all([...this.sources.keys()].map(key => this.forget(key)));
  }

  private async source(key: string, hub: LynqHubObject, signal: AbortSignal): Promise<RowSource> {
    const settings = await mysqlSettings(hub, this.secrets, signal);
    const print = fingerprint(settings);
    const known = this.sources.get(key);
    if (known?.fingerprint === print) return known.source;
    await this.forget(key);
    const source = new MysqlSource(settings);
    this.sources.set(key, { fingerprint: print, source });
    return source;
  }
}

/**
 * Every row of the hub's table as one snapshot.
 *
 * @throws DataSourceError, RowSchemaError
 */
export async function readSnapshot(source: RowSource, hub: LynqHubObject, signal: AbortSignal): Promise<Snapshot> {
  const sensitive = new Set(hub.spec.sensitiveValues);
  const schema = hub.spec.rowSchema === undefined ? undefined : new RowSchema(hub.spec.rowSchema, sensitive);
  const mapper = new RowMapper(mappingsOf(hub));
  const builder = new SnapshotBuilder(schema);
  await source.read(
    mapper.columns,
    row => {
      builder.add(mapper.toRecord(row));
    },
    signal,
  );
  return builder.build();
}

function failure(error: unknown): ReadResult {
  const failed = (cause: string, message: string, retrying: boolean): ReadResult => ({
    kind: "failed",
    cause,
    reason: "DatabaseConnectionFailed",
    message,
    retrying,
  });
  if (error instanceof DataSourceError) return failed(error.kind, error.message, PASSING.has(error.kind));
  if (error instanceof HubSettingsError) return failed("settings", error.message, false);
  if (error instanceof SecretUnreadableError) return failed("secret", error.message, true);
  if (error instanceof RowSchemaError) return failed("row-schema", `spec.rowSchema: ${error.message}`, false);
  throw error;
}
