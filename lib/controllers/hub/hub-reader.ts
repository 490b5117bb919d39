import { type LynqHubObject } from "../../../crds";
import { DataSourceError, fingerprint, MysqlSource, type RowSource } from "../../datasource";
import { RowMapper } from "../../record/mapping";
import { RowSchema, RowSchemaError } from "../../record/row-schema";
import { type Snapshot, SnapshotBuilder } from "../../record/quarantine";
import { type RowTable } from "../../record/row-table";
import { changeMarkOf, HubSettingsError, mappingsOf, mysqlSettings } from "./hub-settings";
import { type Secrets, SecretUnreadableError } from "../secrets";
import { type LookOptions, type ReadingOptions, type TableLook, TableReading } from "./table-reading";

/** What a look at a hub's table came to. */
export type ReadResult =
  | ({ readonly kind: "complete"; readonly table: RowTable } & TableLook)
  /** `cause`: one word for machines, one of a few. */
  | {
      readonly kind: "failed";
      readonly cause: string;
      readonly reason: string;
      readonly message: string;
      readonly retrying: boolean;
    };

/** What is kept of a hub between two looks. */
interface Known {
  readonly fingerprint: string;
  readonly source: RowSource;
  /** UID and generation of the hub that the reading was made for: others may map and check the same rows in another way. */
  of: string;
  reading: TableReading | undefined;
}

/** Kinds of failure that pass by themselves; the others need somebody to change something. */
const PASSING: ReadonlySet<string> = new Set(["unreachable", "timeout", "interrupted"]);

/** Looks at the tables of hubs; keeps each hub's connections, and what its table said. */
export class HubReader {
  private readonly known = new Map<string, Known>();

  constructor(
    private readonly secrets: Secrets,
    private readonly now: () => number,
    private readonly random: () => number = Math.random,
  ) {}

  /** One look, or why there is none. Rows that came before a failure are never looked at. */
  async read(key: string, hub: LynqHubObject, options: LookOptions): Promise<ReadResult> {
    try {
      const known = await this.open(key, hub, options.signal);
      const of = `${hub.metadata.uid ?? ""}/${hub.metadata.generation ?? 0}`;
      if (known.of !== of || known.reading === undefined) {
        known.reading = undefined;
        known.reading = new TableReading({ ...readingOptions(hub), now: this.now, random: this.random });
        known.of = of;
      }
      const { reading } = known;
      return { kind: "complete", table: reading.table, ...(await reading.look(known.source, options)) };
    } catch (error) {
      return failure(error);
    }
  }

  /** Closes the hub's connections. */
  async forget(key: string): Promise<void> {
    const known = this.known.get(key);
    this.known.delete(key);
    await known?.source.close();
  }

  async stop(): Promise<void> {
    await Promise.all([...this.known.keys()].map(key => this.forget(key)));
  }

  /** With other settings another database may answer: nothing is known of it. */
  private async open(key: string, hub: LynqHubObject, signal: AbortSignal): Promise<Known> {
    const settings = await mysqlSettings(hub, this.secrets, signal);
    const print = fingerprint(settings);
    const before = this.known.get(key);
    if (before?.fingerprint === print) return before;
    await this.forget(key);
    const known = { fingerprint: print, source: new MysqlSource(settings), of: "", reading: undefined };
    this.known.set(key, known);
    return known;
  }
}

/** How the hub's rows are read. @throws RowSchemaError */
function readingOptions(hub: LynqHubObject): Omit<ReadingOptions, "now" | "random"> {
  return { mapper: new RowMapper(mappingsOf(hub)), schema: rowSchemaOf(hub), mark: changeMarkOf(hub) };
}

function rowSchemaOf({ spec: { rowSchema, sensitiveValues } }: LynqHubObject): RowSchema | undefined {
  return rowSchema === undefined ? undefined : new RowSchema(rowSchema, new Set(sensitiveValues));
}

/**
 * Every row of the hub's table as one snapshot.
 *
 * @throws DataSourceError, RowSchemaError
 */
export async function readSnapshot(source: RowSource, hub: LynqHubObject, signal: AbortSignal): Promise<Snapshot> {
  const mapper = new RowMapper(mappingsOf(hub));
  const builder = new SnapshotBuilder(rowSchemaOf(hub));
  await source.snapshot(signal, snapshot =>
    snapshot.rows(mapper.columns, row => {
      builder.add(mapper.toRecord(row));
    }),
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
