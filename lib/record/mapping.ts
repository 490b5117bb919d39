import { toHost } from "../template/to-host";
import { type HubRecord } from "./record";
import { isTruthy } from "./truthy";

/** A hub's `valueMappings` and `extraValueMappings`: which column each variable comes from. */
export interface HubMappings {
  readonly uid: string;
  readonly activate: string;
  readonly suspend?: string;
  readonly hostOrUrl?: string;
  /** Template variable → column. */
  readonly extra: ReadonlyMap<string, string>;
}

/** A row as a source gives it: one value for each column, in the order of {@link RowMapper.columns}. */
export type Row = readonly (string | null)[];

/** Turns rows into records, as one hub maps them. */
export class RowMapper {
  /** The columns to read, each once: uid, hostOrUrl, activate, suspend, then the extra ones by the name of their variable. */
  readonly columns: readonly string[];
  /** The column of the rows' identity. */
  readonly uidColumn: string;
  private readonly uid: number;
  private readonly activate: number;
  private readonly suspend: number | undefined;
  private readonly hostOrUrl: number | undefined;
  private readonly extra: readonly (readonly [variable: string, column: number])[];

  constructor(mappings: HubMappings) {
    const columns: string[] = [];
    const positionOf = (column: string): number => {
      const known = columns.indexOf(column);
      return known === -1 ? columns.push(column) - 1 : known;
    };
    this.uidColumn = mappings.uid;
    this.uid = positionOf(mappings.uid);
    this.hostOrUrl = mappings.hostOrUrl === undefined ? undefined : positionOf(mappings.hostOrUrl);
    this.activate = positionOf(mappings.activate);
    this.suspend = mappings.suspend === undefined ? undefined : positionOf(mappings.suspend);
    this.extra = [...mappings.extra]
      .sort(([a], [b]) => (a < b ? -1 : 1))
      .map(([variable, column]) => [variable, positionOf(column)]);
    this.columns = columns;
  }

  /** Text of the row's identity. */
  uidOf(row: Row): string {
    return row[this.uid] ?? "";
  }

  isActive(row: Row): boolean {
    return isTruthy(row[this.activate] ?? "");
  }

  isSuspended(row: Row): boolean {
    return this.suspend !== undefined && isTruthy(row[this.suspend] ?? "");
  }

  /** @throws TypeError when the row does not have the mapped columns */
  toRecord(row: Row): HubRecord {
    if (row.length !== this.columns.length) {
      throw new TypeError(`A row of ${row.length} values does not fit ${this.columns.length} mapped columns.`);
    }
    const text = (column: number): string => row[column] ?? "";
    const uid = text(this.uid);
    const activate = text(this.activate);
    const values = new Map([
      ["uid", uid],
      ["activate", activate],
    ]);
    if (this.hostOrUrl !== undefined) {
      // An empty column falls back to the uid, as in the bodies that the Go operator renders.
      const hostOrUrl = text(this.hostOrUrl) || uid;
      values.set("hostOrUrl", hostOrUrl);
      values.set("host", toHost(hostOrUrl));
    }
    // Extra mappings win over the four above, as in the Go operator.
    for (const [variable, column] of this.extra) values.set(variable, text(column));
    return { uid, active: this.isActive(row), ...(this.isSuspended(row) && { suspended: true as const }), values };
  }
}
