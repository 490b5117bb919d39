import {
  deletionGuardDefaults,
  type LynqFormObject,
  type LynqHubObject,
  type LynqHubStatus,
  type LynqNodeObject,
} from "../../crds";
import { BlueprintError } from "../blueprint/errors";
import { ApiError, type Informer, type ProcessResult } from "../cluster";
import { ANNOTATION_APPROVE_DELETION, ANNOTATION_RECONCILE_AT, FINALIZER_HUB } from "../metadata";
import {
  type ApprovedDeletion,
  type DeletionVerdict,
  type HeldDeletions,
  judgeDeletions,
} from "../plan/deletion-guard";
import { suspensionOf } from "../plan/suspension";
import {
  type ExistingNode,
  planSync,
  type SyncPlan,
  unthrottled,
  type WantedForm,
  type WantedRows,
} from "../plan/sync-plan";
import { type Snapshot } from "../record/quarantine";
import {
  conditionEvents,
  hubStatus,
  type InactiveNodes,
  nodeHealth,
  type PlanOutcome,
  statusPatch,
  type SyncOutcome,
} from "../status";
import { type TemplateCache } from "../template";
import { type Cluster } from "./cluster";
import { addFinalizer, hasFinalizer, removeFinalizer } from "./finalizer";
import { FormRollouts } from "./form-rollouts";
import { type HubReader, type ReadResult } from "./hub-reader";
import { gracePeriodMs, intervalMs, syncIntervalOf } from "./hub-settings";
import { HubNodes } from "./hub-nodes";
import { HUBS, NODES, toNode } from "./kinds";
import { type NodeIndex } from "./node-index";
import { type NodeValues, type SensitiveValues } from "./node-values";
import { type NodeWriter } from "./node-writer";
import { PlanApprovals } from "./plan-approvals";
import { type HubPlanInput } from "./plan-hub";
import { type PlanPreview } from "./plan-preview";
import { type Revision, type Revisions } from "./revisions";
import { type Rollouts } from "./rollouts";
import { existingNode } from "./sync-input";

/** What is known of a hub's table. */
interface HubState {
  readonly uid: string | undefined;
  /** The last complete read, and the generation of the hub that it was read for. */
  complete: { readonly generation: number; readonly snapshot: Snapshot; readonly at: Date } | undefined;
  failure: Extract<ReadResult, { kind: "failed" }> | undefined;
  /** Our last status write; we are its only writer. */
  status: LynqHubStatus | undefined;
  /** What `lynq.sh/reconcile-at` asked when the table was last read. */
  asked: string | undefined;
}

/** What a pass over the nodes came to. */
interface SyncResult {
  readonly desired: number;
  readonly held: HeldDeletions | undefined;
  readonly approved: ApprovedDeletion | undefined;
  readonly plan: PlanOutcome | undefined;
  readonly inactive: InactiveNodes | undefined;
}

export interface HubControllerOptions {
  /** Whether hubs, forms and nodes are all known; until then only what is being deleted is looked after. */
  readonly isComplete: () => boolean;
  readonly cluster: Cluster;
  readonly hubs: Informer<LynqHubObject>;
  readonly forms: Informer<LynqFormObject>;
  readonly index: NodeIndex;
  readonly revisions: Revisions;
  readonly rollouts: Rollouts;
  readonly templates: TemplateCache;
  readonly writer: NodeWriter;
  readonly values: NodeValues;
  readonly reader: HubReader;
  readonly preview: PlanPreview;
  /** A read is done: reconcile the hub. */
  readonly onRead: (key: string) => void;
  /** Read the table again after so long at the latest. */
  readonly readAfter: (key: string, ms: number) => void;
  readonly random?: () => number;
}

/** How much earlier than its interval a read may come, so that hubs do not all read at once. */
const JITTER = 0.1;
/** One of our kinds is not served: it is about to come, or Lynq is being removed. */
const INCOMPLETE_MS = 1000;
/** A timer of more than 2^31 milliseconds would fire at once. */
const LONGEST_WAIT_MS = 86_400_000;

/** Keeps the LynqNodes of a hub in step with the rows of its table. */
export class HubController {
  private readonly states = new Map<string, HubState>();

  private readonly nodes: HubNodes;

  private readonly approvals: PlanApprovals;

  constructor(private readonly options: HubControllerOptions) {
    const { cluster, forms, revisions, writer } = options;
    this.nodes = new HubNodes(cluster, forms, revisions, writer);
    this.approvals = new PlanApprovals(cluster, options.values, options.preview);
  }

  /** One read of the table, then again after the interval, whether it worked or not. */
  async poll(key: string, signal: AbortSignal): Promise<ProcessResult | undefined> {
    const hub = this.options.hubs.get(key);
    if (hub === undefined || hub.metadata.deletionTimestamp !== undefined || hub.spec.suspend === true) {
      await this.options.reader.forget(key);
      return undefined;
    }
    const startedAt = this.options.cluster.now();
    const result = await this.options.reader.read(key, hub, signal);
    const state = this.state(key, hub);
    if (result.kind === "complete") {
      state.complete = {
        generation: hub.metadata.generation ?? 0,
        snapshot: result.snapshot,
        at: new Date(this.options.cluster.now()),
      };
      state.failure = undefined;
    } else {
      state.failure = result;
    }
    state.asked = hub.metadata.annotations?.[ANNOTATION_RECONCILE_AT];
    this.options.onRead(key);
    const interval = intervalMs(syncIntervalOf(hub)) * (1 - JITTER * (this.options.random ?? Math.random)());
    return { requeueAfterMs: Math.max(100, interval - (this.options.cluster.now() - startedAt)) };
  }

  /** One pass over the hub's nodes with what is known of its table. Asks the database nothing. */
  async reconcile(key: string): Promise<ProcessResult | undefined> {
    // 1. What is there?
    const hub = this.options.hubs.get(key);
    if (hub === undefined) {
      this.states.delete(key);
      this.nodes.forget(key);
      await this.options.reader.forget(key);
      return undefined;
    }
    const state = this.state(key, hub);

    // 2. On its way out: its nodes first, then the hub.
    if (hub.metadata.deletionTimestamp !== undefined) return await this.finalize(key, hub);
    if (!this.options.isComplete()) return { requeueAfterMs: INCOMPLETE_MS };
    await addFinalizer(this.options.cluster.client, HUBS, hub, FINALIZER_HUB);

    // 3. Suspended: nothing is done for its rows. Its nodes go on by themselves.
    const forms = this.formsOf(hub);
    if (hub.spec.suspend === true) {
      await this.publish(hub, state, forms.length, undefined);
      return undefined;
    }

    // 4. Its forms, each with the revision of its content. One that cannot be had keeps nobody else waiting.
    const errors: unknown[] = [];
    const attempt = async (work: () => Promise<void>): Promise<void> => {
      try {
        await work();
      } catch (error) {
        errors.push(error);
      }
    };
    const revisions = new Map<string, Revision | undefined>();
    for (const form of forms) {
      await attempt(async () => {
        revisions.set(form.metadata.name ?? "", await this.revisionOf(form, hub));
      });
    }

    // 5. Rows times forms against the nodes. Only a complete read for the hub as it is now counts.
    const { complete, failure, asked } = state;
    let lookAgainAt: number | undefined;
    if (complete === undefined || complete.generation !== hub.metadata.generation) {
      await this.publish(hub, state, forms.length, undefined, failure && asked);
    } else {
      const { namespace = "", name = "" } = hub.metadata;
      const nodes = this.nodes.latest(key, this.options.index.ofHub(namespace, name));
      const rows = {
        records: complete.snapshot.records,
        quarantinedUids: complete.snapshot.quarantined.uids,
        suspendedUids: complete.snapshot.suspendedUids,
      };
      const { rollouts, templates, cluster } = this.options;
      const rolling = new FormRollouts(hub, forms, revisions, rollouts, templates);
      const existing = nodes.map(node => this.existing(hub, node));
      const clock = { now: cluster.now(), grace: { ms: gracePeriodMs(hub), readAt: complete.at } };
      const planFor = (wanted: readonly WantedForm[]) => planSync(rows, wanted, existing, clock);

      const free = planFor(rolling.wanted);
      const gone = await this.nodes.confirmed(free.removals, { namespace, name }, new Set(free.forms));

      // 6. In mode Plan, only what a human has approved goes on.
      const hold = !this.approvals.concerns(hub, forms)
        ? undefined
        : await this.approvals.judge({
            hub,
            standing: state.status ?? hub.status,
            forms,
            formNames: this.nodes.formNames(namespace),
            plan: { ...planFor(rolling.wanted.map(unthrottled)), removals: gone },
            preview: () => this.preview(hub, forms, revisions, rows, complete.at),
          });
      const plan = hold === undefined ? free : planFor(hold.restrict(rolling.wanted, rows.records.keys()));
      rolling.report(plan);
      lookAgainAt = plan.lookAgainAt;

      // 7. What may go is decided before anything is created, and a hold or an approval is on record before anything is done.
      const removals = gone.filter(node => hold?.keeps(node) !== true);
      const verdict = this.judge(hub, state, removals, nodes);
      const result = {
        desired: plan.desired,
        held: verdict.held,
        approved: verdict.approved,
        plan: hold?.hub,
        inactive: this.inactive(hub, plan, nodes),
      };
      if (verdict.held !== undefined || verdict.approved !== undefined || hold?.hub !== undefined) {
        await this.publish(hub, state, forms.length, result);
      }

      // 8. Note, create and change first, then delete. What fails is told, and does not stop the rest.
      await attempt(() => this.nodes.mark(hub, plan.marks));
      await attempt(() => this.nodes.write(hub, plan, revisions, nodes));
      const removable = removals.filter(node => verdict.removable.has(node.uid));
      await attempt(() => this.nodes.delete(hub, removable, "its row is no longer active, or its form is gone"));

      // 9. Tell. A grace period that ends is looked at in time.
      await this.publish(hub, state, forms.length, result, asked);
      if (plan.nextRemoval !== undefined && failure === undefined) {
        this.options.readAfter(key, Math.min(LONGEST_WAIT_MS, plan.nextRemoval.getTime() - this.options.cluster.now()));
      }
    }
    if (errors.length > 0) throw errors[0];
    return lookAgainAt === undefined
      ? undefined
      : { requeueAfterMs: Math.min(LONGEST_WAIT_MS, Math.max(100, lookAgainAt - this.options.cluster.now())) };
  }

  private preview(
    hub: LynqHubObject,
    forms: readonly LynqFormObject[],
    revisions: ReadonlyMap<string, Revision | undefined>,
    rows: WantedRows,
    now: Date,
  ): HubPlanInput {
    const { namespace = "", name = "" } = hub.metadata;
    const nodes = this.options.index.ofHub(namespace, name);
    return {
      hub,
      forms: forms.flatMap(form => {
        const revision = revisions.get(form.metadata.name ?? "");
        return revision === undefined ? [] : [{ form, revision }];
      }),
      formNames: this.nodes.formNames(namespace),
      nodes,
      knowing: nodes,
      rows,
      now,
      sensitive: node => this.sensitive(node),
    };
  }

  /** Nodes that outlive their rows, and whether the guard would hold them back if nothing changed until they are due. */
  private inactive(hub: LynqHubObject, plan: SyncPlan, nodes: readonly LynqNodeObject[]): InactiveNodes | undefined {
    if (plan.waiting.length === 0) return undefined;
    const { held } = judgeDeletions({
      candidates: [...plan.waiting, ...plan.removals],
      living: nodes.filter(node => node.metadata.deletionTimestamp === undefined).length,
      limits: { ...deletionGuardDefaults, ...hub.spec.deletionGuard },
      approval: undefined,
      standing: { heldTotal: undefined, approved: undefined },
    });
    return { count: plan.waiting.length, nextDeletion: plan.nextRemoval, willBeHeld: held !== undefined };
  }

  private judge(
    hub: LynqHubObject,
    state: HubState,
    candidates: readonly ExistingNode[],
    nodes: readonly LynqNodeObject[],
  ): DeletionVerdict {
    const { deletionHeld, approvedDeletion } = state.status ?? hub.status ?? {};
    return judgeDeletions({
      candidates,
      living: nodes.filter(node => node.metadata.deletionTimestamp === undefined).length,
      limits: { ...deletionGuardDefaults, ...hub.spec.deletionGuard },
      approval: hub.metadata.annotations?.[ANNOTATION_APPROVE_DELETION],
      standing: { heldTotal: deletionHeld?.total, approved: approvedDeletion },
    });
  }

  private async finalize(key: string, hub: LynqHubObject): Promise<ProcessResult | undefined> {
    const { namespace = "", name = "" } = hub.metadata;
    if (!hasFinalizer(hub, FINALIZER_HUB)) return undefined;
    await this.options.reader.forget(key);
    const nodes = this.options.index.ofHub(namespace, name).map(node => this.existing(hub, node));
    await this.nodes.delete(
      hub,
      nodes.filter(node => !node.deleting),
      "its hub is deleted",
    );
    // Each node that goes wakes the hub.
    if (nodes.length > 0) return undefined;
    if (await this.hasNodes(namespace, name)) return { requeueAfterMs: 1000 };
    await removeFinalizer(this.options.cluster.client, HUBS, hub, FINALIZER_HUB);
    return undefined;
  }

  /** Asks the API server, not the store. A kind that is not served any more has no objects: Lynq itself is being removed. */
  private async hasNodes(namespace: string, hub: string): Promise<boolean> {
    try {
      const { items } = await this.options.cluster.client.list(NODES, { namespace });
      return items.some(item => toNode(item).spec.hubId === hub);
    } catch (error) {
      if (error instanceof ApiError && error.isNotFound()) return false;
      throw error;
    }
  }

  /** Undefined for a form that does not compile: its nodes stay as they are, and the form's own status says why. */
  private async revisionOf(form: LynqFormObject, hub: LynqHubObject): Promise<Revision | undefined> {
    try {
      return await this.options.revisions.current(form, hub);
    } catch (error) {
      if (error instanceof BlueprintError) return undefined;
      throw error;
    }
  }

  private formsOf(hub: LynqHubObject): LynqFormObject[] {
    return [...this.options.forms.facts()].flatMap(([, form]) =>
      form.metadata.namespace === hub.metadata.namespace &&
      form.spec.hubId === hub.metadata.name &&
      form.metadata.deletionTimestamp === undefined
        ? [form]
        : [],
    );
  }

  private formOf({ metadata, spec }: LynqNodeObject): LynqFormObject | undefined {
    return this.options.forms.get(`${metadata.namespace ?? ""}/${spec.templateRef}`);
  }

  private existing(hub: LynqHubObject, node: LynqNodeObject): ExistingNode {
    return existingNode(hub, node, this.sensitive(node));
  }

  private sensitive({ metadata, spec }: LynqNodeObject): SensitiveValues | undefined {
    const { sensitiveValuesRef } = spec;
    return sensitiveValuesRef && this.options.values.of(metadata.namespace ?? "", sensitiveValuesRef.name);
  }

  private async publish(
    hub: LynqHubObject,
    state: HubState,
    forms: number,
    result: SyncResult | undefined,
    answered?: string,
  ): Promise<void> {
    const { namespace = "", name = "", generation = 0 } = hub.metadata;
    const nodes = this.options.index.ofHub(namespace, name);
    const health = nodes
      .filter(node => node.spec.inactiveSince === undefined)
      .map(node => nodeHealth(node.metadata.generation, node.status));
    const previous = state.status ?? hub.status;
    const next = hubStatus(
      {
        namespace,
        name,
        generation,
        syncInterval: syncIntervalOf(hub),
        forms,
        nodes: {
          ready: health.filter(one => one === "Ready").length,
          failed: health.filter(one => one === "Failed").length,
          suspended: nodes.filter(node => suspensionOf(node, this.formOf(node)) !== undefined).length,
        },
        sync: hub.spec.suspend === true ? { kind: "suspended" } : this.outcome(state, result),
        handledReconcileAt: answered,
        previous,
      },
      new Date(this.options.cluster.now()),
    );
    const patch = statusPatch(previous, next);
    if (patch === undefined) return;
    for (const event of conditionEvents("LynqHub", previous?.conditions, next.conditions)) {
      this.options.cluster.events.record(hub, event.type, event.reason, event.message);
    }
    await this.options.cluster.client.patchStatus(HUBS, { namespace, name }, patch.status);
    state.status = next;
  }

  private outcome({ complete, failure }: HubState, result: SyncResult | undefined): SyncOutcome {
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
    const { seen, active, quarantined } = complete.snapshot;
    return {
      kind: "succeeded",
      at: complete.at,
      rows: { seen, active, quarantined: quarantined.count },
      quarantined: quarantined.samples,
      ...result,
    };
  }

  private state(key: string, hub: LynqHubObject): HubState {
    const known = this.states.get(key);
    if (known !== undefined && known.uid === hub.metadata.uid) return known;
    const state: HubState = {
      uid: hub.metadata.uid,
      complete: undefined,
      failure: undefined,
      status: undefined,
      asked: undefined,
    };
    this.states.set(key, state);
    return state;
  }
}
