import { type LynqFormObject, type LynqHubObject, type LynqNodeObject } from "../../../crds";
import { type Informer } from "../../cluster";
import { isSuspendedByHand } from "../../plan/suspension";
import { decideRow } from "../../plan/row-decision";
import { type ExistingNode } from "../../plan/sync-plan";
import { type HubRecord } from "../../record/record";
import { type FormPermit } from "./form-permits";
import { type HubNodes } from "./hub-nodes";
import { type HubState, type HubStates } from "./hub-state";
import { hubOfRow, uidOfRow } from "./row-key";
import { CROWD } from "../lanes";
import { type NodeIndex } from "../node-index";

export interface HubRowsOptions {
  readonly hubs: Informer<LynqHubObject>;
  readonly forms: Informer<LynqFormObject>;
  readonly index: NodeIndex;
  readonly states: HubStates;
  readonly nodes: HubNodes;
  /** A node as a sync compares it with its row. */
  readonly existing: (hub: LynqHubObject, node: LynqNodeObject) => ExistingNode;
  /** A move is done, or there is nothing to move any more. */
  readonly onMoved: (hub: string) => void;
}

/**
 * Writes the nodes of one row, by what is known at the moment of the write, and as far as the last look at the whole hub lets it. What a single row cannot
 * decide, removals above all, is left to that look.
 */
export class HubRows {
  constructor(private readonly options: HubRowsOptions) {}

  async reconcile(row: string): Promise<undefined> {
    const key = hubOfRow(row);
    const uid = uidOfRow(row);
    const hub = this.options.hubs.get(key);
    if (hub === undefined || hub.metadata.deletionTimestamp !== undefined || hub.spec.suspend === true)
      return undefined;
    const state = this.options.states.of(key, hub);
    const { permits, complete } = state;
    const { generation, namespace = "", name = "" } = hub.metadata;
    // Without them the hub's own pass is about to come, and brings us here again.
    if (permits === undefined || complete === undefined) return undefined;
    if (permits.generation !== generation || complete.generation !== generation) return undefined;
    const record = complete.table.record(uid);
    const isFrozen = complete.table.suspendedUids.has(uid);
    const nodes = this.options.nodes.latest(key, this.options.index.ofRow(namespace, name, uid), [uid]);
    const readAt = state.changedAt.get(uid) ?? complete.at.getTime();
    const isCrowd = state.changedAt.size > CROWD;
    const results = await Promise.allSettled(
      [...permits.forms.values()]
        .filter(permit => this.isCurrent(permit, namespace))
        .map(async permit => {
          const node = nodes.filter(({ spec }) => spec.templateRef === permit.name).at(-1);
          // What is frozen stays as it is; a new row gets a node that says so.
          if (record !== undefined && (node === undefined || !isFrozen))
            await this.write({ hub, permit, record, node, readAt, isCrowd });
          this.moved(key, state, node);
        }),
    );
    const failed = results.find(result => result.status === "rejected");
    if (failed !== undefined) throw failed.reason;
    state.changedAt.delete(uid);
    return undefined;
  }

  private async write({
    hub,
    permit,
    record,
    node,
    readAt,
    isCrowd,
  }: {
    readonly hub: LynqHubObject;
    readonly permit: FormPermit;
    readonly record: HubRecord;
    readonly node: LynqNodeObject | undefined;
    readonly readAt: number;
    /** Many rows of the hub wait to be written. */
    readonly isCrowd: boolean;
  }): Promise<void> {
    // What is on its way out brings us back when it is gone.
    if (node !== undefined && (node.metadata.deletionTimestamp !== undefined || isSuspendedByHand(node))) return;
    const { nodes, existing } = this.options;
    const decision = decideRow(permit.name, permit, record, node && existing(hub, node));
    const single = isCrowd ? "fresh" : "urgent";
    if (decision?.action === "create") await nodes.create(hub, decision.creation, permit.current, readAt, single);
    if (decision?.action === "update" && node !== undefined) {
      const priority = decision.update.because === "revision" ? "bulk" : single;
      await nodes.update(hub, decision.update, node, permit.current, readAt, priority);
    }
  }

  private moved(key: string, state: HubState, node: LynqNodeObject | undefined): void {
    if (node !== undefined && state.moving.delete(node.metadata.uid ?? "")) this.options.onMoved(key);
  }

  /** Whether the form is the one that the permit was given for. */
  private isCurrent({ name, uid, generation }: FormPermit, namespace: string): boolean {
    const form = this.options.forms.get(`${namespace}/${name}`);
    return (
      form?.metadata.uid === uid &&
      form?.metadata.generation === generation &&
      form?.metadata.deletionTimestamp === undefined
    );
  }
}
