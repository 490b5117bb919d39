import { type LynqFormObject, type LynqHubObject } from "../../../crds";
import { type Informer } from "../../cluster";
import { type ApprovedDeletion, type HeldDeletions } from "../../plan/deletion-guard";
import {
  conditionEvents,
  hubStatus,
  type HubStatusInput,
  type InactiveNodes,
  type PlanOutcome,
  statusPatch,
  type SyncOutcome,
} from "../../status";
import { type Cluster } from "../cluster";
import { changeMarkOf, syncIntervalOf } from "./hub-settings";
import { type HubState, standing } from "./hub-state";
import { HUBS } from "../kinds";
import { type NodeIndex } from "../node-index";

/** What a pass over the nodes came to. */
export interface SyncResult {
  readonly desired: number;
  readonly held: HeldDeletions | undefined;
  readonly approved: ApprovedDeletion | undefined;
  readonly plan: PlanOutcome | undefined;
  readonly inactive: InactiveNodes | undefined;
}

/** Tells in a hub's status where it stands, and in an event each condition that turned. */
export class HubPublisher {
  constructor(
    private readonly cluster: Cluster,
    private readonly forms: Informer<LynqFormObject>,
    private readonly index: NodeIndex,
  ) {}

  /**
   * Writes the status if it changed.
   *
   * @param forms how many the hub has
   * @param result undefined while rows and nodes were not compared
   * @param answered the request to look again that is answered by now
   */
  async publish(
    hub: LynqHubObject,
    state: HubState,
    forms: number,
    result: SyncResult | undefined,
    answered?: string,
  ): Promise<void> {
    const { namespace = "", name = "", generation = 0 } = hub.metadata;
    const previous = standing(hub, state);
    const next = hubStatus(
      {
        namespace,
        name,
        generation,
        syncInterval: syncIntervalOf(hub),
        forms,
        nodes: this.counts(namespace, name),
        sync: hub.spec.suspend === true ? { kind: "suspended" } : outcome(hub, state, result),
        handledReconcileAt: answered,
        previous,
      },
      new Date(this.cluster.now()),
    );
    const patch = statusPatch(previous, next);
    if (patch === undefined) return;
    for (const event of conditionEvents("LynqHub", previous?.conditions, next.conditions)) {
      this.cluster.events.record(hub, event.type, event.reason, event.message);
    }
    const { metadata } = await this.cluster.client.patchStatus(HUBS, { namespace, name }, patch.status);
    state.status = next;
    state.statusRevision = metadata.resourceVersion ?? "0";
  }

  private counts(namespace: string, hub: string): HubStatusInput["nodes"] {
    const counts = { ready: 0, failed: 0, suspended: 0 };
    for (const [form, tally] of this.index.talliesOfHub(namespace, hub)) {
      counts.ready += tally.ready;
      counts.failed += tally.failed;
      const isFrozen = this.forms.get(`${namespace}/${form}`)?.spec.suspend === true;
      counts.suspended += isFrozen ? tally.total : tally.suspended;
    }
    return counts;
  }
}

function outcome(
  hub: LynqHubObject,
  { complete, failure, pace }: HubState,
  result: SyncResult | undefined,
): SyncOutcome {
  if (failure !== undefined) {
    const { reason, message, retrying } = failure;
    return {
      kind: "failed",
      reason,
      message,
      retrying,
      ...(complete === undefined ? {} : { lastSuccess: complete.at }),
    };
  }
  if (complete === undefined || result === undefined) return { kind: "pending" };
  const { seen, active, quarantined, samples } = complete.table;
  return {
    kind: "succeeded",
    at: complete.at,
    overruns: pace.overruns,
    ...(changeMarkOf(hub) !== undefined && { wholeAt: complete.wholeAt }),
    rows: { seen, active, quarantined },
    quarantined: samples,
    ...result,
  };
}
