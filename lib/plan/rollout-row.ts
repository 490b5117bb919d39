/** A node, as far as a rollout cares. */
export interface RolloutNode {
  readonly revision: string;
  /** Observed ready after its last write, with its revision. */
  readonly ready: boolean;
  /** Observed failed after its last write. */
  readonly failed: boolean;
  /** A rollout moved it to its revision; otherwise it was made with it. */
  readonly rolledOut: boolean;
  /** When it was made or moved, or its Ready changed after that, in milliseconds. */
  readonly since: number;
}

/** A row that the form serves; without a node it is new. */
export interface RolloutRow {
  readonly uid: string;
  readonly node: RolloutNode | undefined;
  /** Nothing may be done for the row until a human says yes. */
  readonly withheld?: boolean;
}
