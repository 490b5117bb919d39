/** One row of a hub's table, as forms see it. */
export interface HubRecord {
  /** Text of the uid column: what identifies the row. */
  readonly uid: string;
  /** Whether the row asks for nodes. */
  readonly active: boolean;
  /** Whether the row freezes its nodes; absent when it does not. */
  readonly suspended?: true | undefined;
  /**
   * Template variables: `uid`, `activate` (the column's text), `hostOrUrl` and `host` where mapped, and the extra
   * mappings. SQL's NULL is the empty text. `hubId` and `templateRef` are no part of the row.
   */
  readonly values: ReadonlyMap<string, string>;
}
