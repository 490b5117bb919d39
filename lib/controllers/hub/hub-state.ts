import { type LynqHubObject, type LynqHubStatus } from "../../../crds";
import { atLeastAsNew } from "../../plan/child";
import { ON_TIME, type SyncPace } from "../../plan/sync-pace";
import { type RowTable } from "../../record/row-table";
import { type Move, type Permits } from "./form-permits";
import { type ReadResult } from "./hub-reader";

export interface KnownTable {
  /** Of the hub that it was read for. */
  readonly generation: number;
  readonly table: RowTable;
  /** Of the last look. */
  readonly at: Date;
  /** Of the last read of every row: only that one lets nodes go. */
  readonly wholeAt: Date;
}

/** What is known of a hub's table, and was told of it. */
export interface HubState {
  /** Another hub may come to bear the same name. */
  readonly uid: string | undefined;
  /** What is known of the table. */
  complete: KnownTable | undefined;
  /** How looks keep up with the interval. */
  pace: SyncPace;
  failure: Extract<ReadResult, { kind: "failed" }> | undefined;
  /** Our last status write, until the store has caught up with it. */
  status: LynqHubStatus | undefined;
  /** Revision of the hub that bears it. */
  statusRevision: string;
  /** What `lynq.sh/reconcile-at` asked when the table was last read. */
  asked: string | undefined;
  /** How often the table was looked at. */
  looks: number;
  /** What there is to remove waits for a read of every row. */
  wantsWhole: boolean;
  /** When a grace period ends, in milliseconds: from then on only a read of every row tells whether the row is back. */
  removalDueAt: number | undefined;
  /** What rows may do by themselves; undefined until the hub was looked at as a whole, and in mode Plan. */
  permits: Permits | undefined;
  /** By UID of the node. */
  readonly moving: Map<string, Move>;
  /** Rows whose nodes nobody wants any more, and that are there still: held back, or within their grace period. */
  unwanted: ReadonlySet<string>;
  /** When time alone moves a rollout on, in milliseconds. */
  lookAgainAt: number | undefined;
  /** When a change of a row was read that is not written yet, in milliseconds. */
  readonly changedAt: Map<string, number>;
}

/** The states of all hubs, by key. A restart knows none until each table is read again. */
export class HubStates {
  private readonly states = new Map<string, HubState>();

  of(key: string, { metadata: { uid } }: LynqHubObject): HubState {
    const known = this.states.get(key);
    if (known !== undefined && known.uid === uid) return known;
    const state: HubState = {
      uid,
      complete: undefined,
      pace: ON_TIME,
      failure: undefined,
      status: undefined,
      statusRevision: "0",
      asked: undefined,
      looks: 0,
      wantsWhole: false,
      removalDueAt: undefined,
      permits: undefined,
      moving: new Map(),
      unwanted: new Set(),
      lookAgainAt: undefined,
      changedAt: new Map(),
    };
    this.states.set(key, state);
    return state;
  }

  forget(key: string): void {
    this.states.delete(key);
  }
}

/** The hub's newest status, as the store or our last write has it. */
export function standing(hub: LynqHubObject, { status, statusRevision }: HubState): LynqHubStatus | undefined {
  return atLeastAsNew(hub.metadata.resourceVersion ?? "0", statusRevision) ? hub.status : status;
}
