import { type LynqHubObject } from "../../crds";
import { type HubRecord } from "../../lib/record/record";

/** The row cannot be had: the message says why and what to do. */
export class RowError extends Error {
  override readonly name = "RowError";
}

/** Where the row comes from. */
export interface RecordSource {
  /**
   * All rows of the uid in question, usually one.
   *
   * @param hub how columns become variables; undefined when no hub is given
   * @throws RowError, and DataSourceError from a database
   */
  records(hub: LynqHubObject | undefined): Promise<GivenRecords>;
}

export interface GivenRecords {
  readonly records: readonly HubRecord[];
  /** What was taken for granted, for people. */
  readonly notes: readonly string[];
}
