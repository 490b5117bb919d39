import { type LynqHubObject, type LynqHubStatus } from "../../../crds";
import { type Snapshot } from "../../record/quarantine";
import { type ReadResult } from "./hub-reader";

/** What is known of a hub's table, and was told of it. */
export interface HubState {
  /** Another hub may come to bear the same name. */
  readonly uid: string | undefined;
  /** The last complete read, and the generation of the hub that it was read for. */
  complete: { readonly generation: number; readonly snapshot: Snapshot; readonly at: Date } | undefined;
  failure: Extract<ReadResult, { kind: "failed" }> | undefined;
  /** Our last status write; we are its only writer. */
  status: LynqHubStatus | undefined;
  /** What `lynq.sh/reconcile-at` asked when the table was last read. */
  asked: string | undefined;
}

/** The states of all hubs, by key. A restart knows none until each table is read again. */
export class HubStates {
  private readonly states = new Map<string, HubState>();

  of(key: string, { metadata: { uid } }: LynqHubObject): HubState {
    const known = this.states.get(key);
    if (known !== undefined && known.uid === uid) return known;
    const state = { uid, complete: undefined, failure: undefined, status: undefined, asked: undefined };
    this.states.set(key, state);
    return state;
  }

  forget(key: string): void {
    this.states.delete(key);
  }
}
