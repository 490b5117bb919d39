import { type LynqFormObject, type LynqHubObject, type LynqNodeObject } from "../../../crds";
import { BlueprintError } from "../../blueprint/errors";
import { type Informer, type ProcessResult } from "../../cluster";
import { ANNOTATION_RECONCILE_AT, FINALIZER_HUB } from "../../metadata";
import { type ExistingNode, planSync, unthrottled, type WantedForm, type WantedRows } from "../../plan/sync-plan";
import { type TemplateCache } from "../../template";
import { type Cluster } from "../cluster";
import { addFinalizer } from "../finalizer";
import { FormRollouts } from "./form-rollouts";
import { type HubReader } from "./hub-reader";
import { HubCleanup } from "./hub-cleanup";
import { inactiveNodes, judgeRemovals } from "./hub-deletions";
import { changeMarkOf, gracePeriodMs, intervalMs, syncIntervalOf } from "./hub-settings";
import { HubNodes } from "./hub-nodes";
import { HubPublisher } from "./hub-publisher";
import { type HubState, HubStates, standing } from "./hub-state";
import { HUBS } from "../kinds";
import { about, log } from "../log";
import { metrics } from "../metrics";
import { type NodeIndex } from "../node-index";
import { type NodeValues, type SensitiveValues } from "../node-values";
import { type NodeWriter } from "./node-writer";
import { PlanApprovals } from "../planning/plan-approvals";
import { type HubPlanInput } from "../planning/plan-hub";
import { type PlanPreview } from "../planning/plan-preview";
import { type Revision, type Revisions } from "../form/revisions";
import { type Rollouts } from "../form/rollouts";
import { existingNode, wantedRows } from "./sync-input";

export interface HubControllerOptions {
  /** Whether hubs, forms and nodes are all known; until then only what is being deleted is looked after. */
  readonly isComplete: () => boolean;
  readonly cluster: Cluster;
  readonly hubs: Informer<LynqHubObject>;
  readonly forms: Informer<LynqFormObject>;
  readonly nodes: Informer<LynqNodeObject>;
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
/** With a change mark: how old the read of every row may be that lets nodes go. */
const FRESH_MS = 30_000;
/** A timer of more than 2^31 milliseconds would fire at once. */
const LONGEST_WAIT_MS = 86_400_000;

/** Keeps the LynqNodes of a hub in step with the rows of its table. */
export class HubController {
  private readonly states = new HubStates();
  private readonly nodes: HubNodes;
  private readonly approvals: PlanApprovals;
  private readonly cleanup: HubCleanup;
  private readonly publisher: HubPublisher;

  constructor(private readonly options: HubControllerOptions) {
    const { cluster, forms, nodes, index, revisions, writer } = options;
    this.nodes = new HubNodes(cluster, forms, revisions, writer, nodes);
    this.approvals = new PlanApprovals(cluster, options.values, options.preview);
    this.cleanup = new HubCleanup(cluster, index, this.nodes);
    this.publisher = new HubPublisher(cluster, forms, index);
  }

  /** One read of the table, then again after the interval, whether it worked or not. */
  async poll(key: string, signal: AbortSignal): Promise<ProcessResult | undefined> {
    const hub = this.options.hubs.get(key);
    if (hub === undefined || hub.metadata.deletionTimestamp !== undefined || hub.spec.suspend === true) {
      await this.options.reader.forget(key);
      return undefined;
    }
    const startedAt = this.options.cluster.now();
    const state = this.states.of(key, hub);
    const asked = hub.metadata.annotations?.[ANNOTATION_RECONCILE_AT];
    const result = await this.options.reader.read(key, hub, {
      whole: state.wantsWhole || asked !== state.asked || startedAt >= (state.removalDueAt ?? Infinity),
      occasion: this.occasionOf(hub),
      signal,
    });
    const at = this.options.cluster.now();
    const interval = intervalMs(syncIntervalOf(hub));
    metrics.hubs.read(
      key,
      result.kind === "complete" ? { extent: result.extent, rows: result.table.seen } : { failure: result.cause },
      {
        at,
        tookMs: at - startedAt,
        intervalMs: interval,
      },
    );
    if (result.kind === "complete") {
      const isWhole = result.extent === "whole";
      state.complete = {
        generation: hub.metadata.generation ?? 0,
        table: result.table,
        at: new Date(at),
        wholeAt: isWhole ? new Date(at) : (state.complete?.wholeAt ?? new Date(at)),
      };
      state.failure = undefined;
      if (isWhole) {
        state.wantsWhole = false;
        state.removalDueAt = undefined;
      }
    } else {
      state.failure = result;
    }
    state.asked = asked;
    state.looks++;
    this.options.onRead(key);
    const wait = interval * (1 - JITTER * (this.options.random ?? Math.random)());
    return { requeueAfterMs: Math.max(100, wait - (this.options.cluster.now() - startedAt)) };
  }

  /** Forms as they are: with others the whole table is read once more. */
  private occasionOf(hub: LynqHubObject): string {
    return this.formsOf(hub)
      .map(({ metadata: { uid = "", generation = 0 } }) => `${uid}/${generation}`)
      .sort()
      .join();
  }

  /** One pass over the hub's nodes with what is known of its table. Asks the database nothing. */
  async reconcile(key: string): Promise<ProcessResult | undefined> {
    // 1. What is there?
    const hub = this.options.hubs.get(key);
    if (hub === undefined) {
      this.states.forget(key);
      this.nodes.forget(key);
      await this.options.reader.forget(key);
      return undefined;
    }
    const state = this.states.of(key, hub);

    // 2. On its way out: its nodes first, then the hub.
    if (hub.metadata.deletionTimestamp !== undefined) {
      await this.options.reader.forget(key);
      return await this.cleanup.run(hub);
    }
    if (!this.options.isComplete()) return { requeueAfterMs: INCOMPLETE_MS };
    await addFinalizer(this.options.cluster.client, HUBS, hub, FINALIZER_HUB);

    // 3. Suspended: nothing is done for its rows. Its nodes go on by themselves.
    const forms = this.formsOf(hub);
    if (hub.spec.suspend === true) {
      await this.publisher.publish(hub, state, forms.length, undefined);
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
    const left: boolean[] = [];
    if (complete === undefined || complete.generation !== hub.metadata.generation) {
      await this.publisher.publish(hub, state, forms.length, undefined, failure && asked);
    } else {
      const { namespace = "", name = "" } = hub.metadata;
      const nodes = this.nodes.latest(key, [...this.options.index.ofHub(namespace, name)]);
      const rows = wantedRows(complete.table);
      const { rollouts, templates, cluster } = this.options;
      const rolling = new FormRollouts(hub, forms, revisions, rollouts, templates);
      const existing = nodes.map(node => this.existing(hub, node));
      const clock = { now: cluster.now(), grace: { ms: gracePeriodMs(hub), readAt: complete.wholeAt } };
      const planFor = (wanted: readonly WantedForm[]) => planSync(rows, wanted, existing, clock);

      const free = planFor(rolling.wanted);
      const gone = await this.nodes.confirmed(free.removals, { namespace, name }, new Set(free.forms));

      // 6. In mode Plan, only what a human has approved goes on.
      const hold = !this.approvals.concerns(hub, forms)
        ? undefined
        : await this.approvals.judge({
            hub,
            standing: standing(hub, state),
            forms,
            formNames: this.nodes.formNames(namespace),
            plan: { ...planFor(rolling.wanted.map(unthrottled)), removals: gone },
            preview: () => this.preview(hub, forms, revisions, rows, complete.wholeAt),
          });
      const plan = hold === undefined ? free : planFor(hold.restrict(rolling.wanted, rows.records.keys()));
      rolling.report(plan);
      lookAgainAt = plan.lookAgainAt;

      // 7. What may go is decided before anything is created, and a hold or an approval is on record before anything is done.
      const removals = gone.filter(node => hold?.keeps(node) !== true);
      const verdict = judgeRemovals(hub, nodes, removals, standing(hub, state));
      const result = {
        desired: plan.desired,
        held: verdict.held,
        approved: verdict.approved,
        plan: hold?.hub,
        inactive: inactiveNodes(hub, nodes, plan),
      };
      if (verdict.held !== undefined || verdict.approved !== undefined || hold?.hub !== undefined) {
        await this.publisher.publish(hub, state, forms.length, result);
      }

      // 8. Note, create and change first, then delete. What fails is told, and does not stop the rest.
      await attempt(() => this.nodes.mark(hub, plan.marks));
      await attempt(async () => {
        const { looks } = state;
        const isOutdated = () => state.looks !== looks;
        left.push(await this.nodes.write(hub, plan, { revisions, nodes, readAt: complete.at, isOutdated }));
      });
      const removable = this.removableNow(
        key,
        hub,
        state,
        removals.filter(node => verdict.removable.has(node.uid)),
      );
      await attempt(async () => {
        const because = "its row is no longer active, or its form is gone";
        left.push(await this.nodes.delete(hub, removable, because));
      });

      logChanges(hub, { created: plan.creations.length, updated: plan.updates.length, deleted: removable.length });

      // 9. Tell. A grace period that ends is looked at in time.
      await this.publisher.publish(hub, state, forms.length, result, asked);
      state.removalDueAt = plan.nextRemoval?.getTime();
      if (plan.nextRemoval !== undefined && failure === undefined) {
        this.options.readAfter(key, Math.min(LONGEST_WAIT_MS, plan.nextRemoval.getTime() - this.options.cluster.now()));
      }
    }
    if (errors.length > 0) throw errors[0];
    // The rest of a crowd, with what the table says by now.
    if (left.includes(true)) return { requeueAfterMs: 1 };
    return lookAgainAt === undefined
      ? undefined
      : { requeueAfterMs: Math.min(LONGEST_WAIT_MS, Math.max(100, lookAgainAt - this.options.cluster.now())) };
  }

  /** Nodes go only by a read of every row that has just been made; where a change mark has spared it, it is made first. */
  private removableNow<Node>(
    key: string,
    hub: LynqHubObject,
    state: HubState,
    nodes: readonly Node[],
  ): readonly Node[] {
    const age = this.options.cluster.now() - (state.complete?.wholeAt.getTime() ?? 0);
    if (nodes.length === 0 || changeMarkOf(hub) === undefined || age <= FRESH_MS) return nodes;
    state.wantsWhole = true;
    this.options.readAfter(key, 0);
    return [];
  }

  private preview(
    hub: LynqHubObject,
    forms: readonly LynqFormObject[],
    revisions: ReadonlyMap<string, Revision | undefined>,
    rows: WantedRows,
    now: Date,
  ): HubPlanInput {
    const { namespace = "", name = "" } = hub.metadata;
    const nodes = [...this.options.index.ofHub(namespace, name)];
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

  private existing(hub: LynqHubObject, node: LynqNodeObject): ExistingNode {
    return existingNode(hub, node, this.sensitive(node));
  }

  private sensitive({ metadata, spec }: LynqNodeObject): SensitiveValues | undefined {
    const { sensitiveValuesRef } = spec;
    return sensitiveValuesRef && this.options.values.of(metadata.namespace ?? "", sensitiveValuesRef.name);
  }
}

/** One line for a pass that changes something. */
function logChanges(hub: LynqHubObject, counts: Readonly<Record<"created" | "updated" | "deleted", number>>): void {
  if (Object.values(counts).every(count => count === 0)) return;
  log.info({ ...about(hub), ...counts }, "nodes follow the rows");
}
