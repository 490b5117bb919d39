import { type LynqHubObject } from "../../crds";
import { didYouMean } from "../../lib/blueprint/near-miss";
import { mappingsOf } from "../../lib/controllers/hub/hub-settings";
import { type HubMappings, RowMapper } from "../../lib/record/mapping";
import { type HubRecord } from "../../lib/record/record";
import { isTruthy } from "../../lib/record/truthy";
import { type SourceText } from "../manifests/manifest";
import { type GivenRecords, type RecordSource, RowError } from "./record-source";
import { readRow } from "./row-text";

/** A row that is given on the command line: columns from a file, variables by name. */
export class GivenRow implements RecordSource {
  /**
   * @param row an object of columns where there is a hub to map them, and of variables where there is none
   * @param variables win over the row
   */
  constructor(
    private readonly row: SourceText | undefined,
    private readonly variables: ReadonlyMap<string, string>,
  ) {}

  records(hub: LynqHubObject | undefined): Promise<GivenRecords> {
    return Promise.resolve(hub === undefined ? this.unmapped() : this.mapped(hub));
  }

  private unmapped(): GivenRecords {
    const row = this.row === undefined ? new Map<string, string | null>() : readRow(this.row);
    const values = new Map([...row].map(([name, value]) => [name, value ?? ""]));
    for (const [name, value] of this.variables) values.set(name, value);
    return { records: [recordOf(values)], notes: [] };
  }

  private mapped(hub: LynqHubObject): GivenRecords {
    const mappings = mappingsOf(hub);
    const name = hub.metadata.name ?? "";
    const row = this.row === undefined ? undefined : readRow(this.row);
    if (row?.has(mappings.uid) === false && !this.variables.has("uid")) {
      const names = [...row.keys()];
      throw new RowError(
        `the row has no column ${mappings.uid}, which hub ${name} maps to uid${didYouMean(mappings.uid, names)}; with a hub, the row has columns, not variables`,
      );
    }
    const mapper = new RowMapper(mappings);
    const { values } = mapper.toRecord(mapper.columns.map(column => row?.get(column) ?? null));
    const merged = new Map(values);
    // Without a row, nobody says that it is off.
    if (row?.has(mappings.activate) !== true) merged.set("activate", "1");
    for (const [variable, value] of this.variables) {
      if (!values.has(variable)) {
        throw new RowError(`hub ${name} maps no variable ${variable}${didYouMean(variable, values.keys())}`);
      }
      merged.set(variable, value);
    }
    return { records: [recordOf(merged)], notes: notesOn(mappings, row, this.variables) };
  }
}

function recordOf(values: Map<string, string>): HubRecord {
  const activate = values.get("activate") ?? "1";
  values.set("activate", activate);
  return { uid: values.get("uid") ?? "", active: isTruthy(activate), values };
}

/** Names the variables that are empty because nobody gave them. */
function notesOn(
  mappings: HubMappings,
  row: ReadonlyMap<string, unknown> | undefined,
  given: ReadonlyMap<string, string>,
): string[] {
  const missing = [...mappings.extra]
    .filter(([variable, column]) => row?.has(column) !== true && !given.has(variable))
    .map(([variable, column]) => `.${variable} (column ${column})`);
  return missing.length === 0 ? [] : [`not given, and so empty like NULL: ${missing.join(", ")}`];
}
