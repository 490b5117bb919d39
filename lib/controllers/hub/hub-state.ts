import { type LynqHubObject, type LynqHubStatus } from "../../../crds";
import { atLeastAsNew } from "../../plan/child";
import { type RowTable } from "../../record/row-table";
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
      failure: undefined,
      status: undefined,
      statusRevision: "0",
      asked: undefined,
      looks: 0,
      wantsWhole: false,
      removalDueAt: undefined,
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
