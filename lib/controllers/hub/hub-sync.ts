import { type LynqFormObject, type LynqHubObject, type LynqNodeObject } from "../../../crds";
import {
  type ExistingNode,
  planSync,
  type SyncPlan,
  unthrottled,
  type WantedForm,
  type WantedRows,
} from "../../plan/sync-plan";
import { type TemplateCache } from "../../template";
import { type Cluster } from "../cluster";
import { type Revision } from "../form/revisions";
import { type Rollouts } from "../form/rollouts";
import { inTurns } from "../in-turns";
import { CROWD } from "../lanes";
import { about, log } from "../log";
import { type NodeIndex } from "../node-index";
import { type NodeTally } from "../node-tally";
import { type NodeValues, type SensitiveValues } from "../node-values";
import { PlanApprovals } from "../planning/plan-approvals";
import { type HubPlanInput } from "../planning/plan-hub";
import { type PlanPreview } from "../planning/plan-preview";
import { type Move, type Permits, permitsOf } from "./form-permits";
import { FormRollouts } from "./form-rollouts";
import { inactiveNodes, judgeRemovals } from "./hub-deletions";
import { type HubNodes } from "./hub-nodes";
import { type HubPublisher, type SyncResult } from "./hub-publisher";
import { type Scope } from "./hub-scopes";
import { changeMarkOf, gracePeriodMs } from "./hub-settings";
import { type HubState, type KnownTable, standing } from "./hub-state";
import { rowKey } from "./row-key";
import { existingNode, wantedRows } from "./sync-input";

export interface HubSyncOptions {
  readonly cluster: Cluster;
  readonly index: NodeIndex;
  readonly rollouts: Rollouts;
  readonly templates: TemplateCache;
  readonly values: NodeValues;
  readonly preview: PlanPreview;
  /** Rows to be written, by {@link rowKey}; `bulk` when they are many, or only follow their form. */
  readonly writeRow: (row: string, bulk: boolean) => void;
  /** Read the table again after so long at the latest. */
  readonly readAfter: (key: string, ms: number) => void;
}

/** With a change mark: how old the read of every row may be that lets nodes go. */
const FRESH_MS = 30_000;

/** What one pass goes by. */
export interface HubPass {
  readonly key: string;
  readonly hub: LynqHubObject;
  readonly state: HubState;
  readonly complete: KnownTable;
  readonly forms: readonly LynqFormObject[];
  readonly revisions: ReadonlyMap<string, Revision | undefined>;
  readonly scope: Scope;
  /** Does work whose failure is told at the end of the pass. */
  readonly attempt: (work: () => Promise<void>) => Promise<void>;
  /** Whether some of a crowd is left for the next pass. */
  readonly left: boolean[];
}

/** Compares a hub's rows with its nodes, and decides what is made of it: for the rows that have changed, or for all where they concern each other. */
export class HubSync {
  private readonly approvals: PlanApprovals;

  constructor(
    private readonly options: HubSyncOptions & { readonly nodes: HubNodes; readonly publisher: HubPublisher },
  ) {
    this.approvals = new PlanApprovals(options.cluster, options.values, options.preview);
  }

  /** Rows times forms against the nodes, as far as the scope goes. */
  async run(pass: HubPass): Promise<SyncResult> {
    const { key, hub, state, complete, forms, revisions, attempt } = pass;
    const { namespace = "", name = "" } = hub.metadata;
    const { rollouts, templates, cluster, index } = this.options;
    const isPlanned = this.approvals.concerns(hub, forms);
    const all = isPlanned || this.concernsAll(pass);
    const uids = all ? undefined : new Set([...pass.scope.rows, ...state.unwanted]);

    // 5. What each row wants of its nodes, and what a rollout makes of it. Whoever throttles one looks at all.
    const stored = uids === undefined ? [...index.ofHub(namespace, name)] : nodesOfRows(index, hub, uids);
    // Of one moment: a node that is newer than the rows would look like one that nobody wants.
    const nodes = this.options.nodes.latest(key, stored, uids);
    const rows = wantedRows(complete.table, uids);
    if (all) forgetMoves(state, forms, nodes);
    const existing = await inTurns(nodes, node => this.existing(hub, node, state.moving.get(node.metadata.uid ?? "")));
    await inTurns(rows.records.values(), record => record.values);
    const rolling = new FormRollouts(hub, forms, revisions, rollouts, templates);
    const clock = { now: cluster.now(), grace: { ms: gracePeriodMs(hub), readAt: complete.wholeAt } };
    const planFor = (wanted: readonly WantedForm[]) => planSync(rows, wanted, existing, clock);

    const free = planFor(rolling.wanted);
    const gone = await this.options.nodes.confirmed(free.removals, { namespace, name }, new Set(free.forms));

    // 6. In mode Plan, only what a human has approved goes on.
    const hold = !isPlanned
      ? undefined
      : await this.approvals.judge({
          hub,
          standing: standing(hub, state),
          forms,
          formNames: this.options.nodes.formNames(namespace),
          plan: { ...planFor(rolling.wanted.map(unthrottled)), removals: gone },
          preview: () => this.preview(hub, forms, revisions, rows, complete.wholeAt),
        });
    const plan = hold === undefined ? free : planFor(hold.restrict(rolling.wanted, rows.records.keys()));
    if (all) {
      rolling.report(plan);
      state.lookAgainAt = plan.lookAgainAt;
    }
    state.unwanted = new Set([...plan.removals, ...plan.waiting].map(({ recordUid }) => recordUid));
    state.removalDueAt = plan.nextRemoval?.getTime();

    // 7. What may go is decided before anything is created, and a hold or an approval is on record before anything is done.
    const removals = gone.filter(node => hold?.keeps(node) !== true);
    const living = sumOf(index.talliesOfHub(namespace, name), tally => tally.living);
    const verdict = judgeRemovals(hub, living, removals, standing(hub, state));
    const result = {
      desired: complete.table.active * forms.length,
      held: verdict.held,
      approved: verdict.approved,
      plan: hold?.hub,
      inactive: inactiveNodes(hub, living, plan),
    };
    if (verdict.held !== undefined || verdict.approved !== undefined || hold?.hub !== undefined) {
      await this.options.publisher.publish(hub, state, forms.length, result);
    }

    // 8. Note, create and change first, then delete. What fails is told, and does not stop the rest.
    await attempt(() => this.options.nodes.mark(hub, plan.marks));
    if (hold === undefined) {
      this.hand(pass, plan, all);
    } else {
      state.permits = undefined;
      await attempt(async () => {
        const { looks } = state;
        const isOutdated = () => state.looks !== looks;
        const context = { revisions, nodes, readAt: complete.at, isOutdated };
        pass.left.push(await this.options.nodes.write(hub, plan, context));
      });
    }
    const removable = this.removableNow(
      key,
      hub,
      state,
      removals.filter(node => verdict.removable.has(node.uid)),
    );
    await attempt(async () => {
      const because = "its row is no longer active, or its form is gone";
      pass.left.push(await this.options.nodes.delete(hub, removable, because));
    });
    logChanges(hub, { created: plan.creations.length, updated: plan.updates.length, deleted: removable.length });
    return result;
  }

  /** Whether what has changed can be told from all rows and nodes only. */
  private concernsAll({ hub, state, forms, revisions, scope }: HubPass): boolean {
    const { permits, lookAgainAt } = state;
    if (scope.all || permits === undefined || permits.generation !== hub.metadata.generation) return true;
    if (lookAgainAt !== undefined && this.options.cluster.now() >= lookAgainAt) return true;
    if (permits.governed && (scope.standing || scope.rows.size > 0)) return true;
    return forms.some(form => this.isAboutToSettle(form, revisions.get(form.metadata.name ?? ""), permits));
  }

  /** Whether a rollout that nothing throttles has come to its end, so that its content is the proven one. */
  private isAboutToSettle(form: LynqFormObject, revision: Revision | undefined, permits: Permits): boolean {
    const { namespace = "", name = "", generation } = form.metadata;
    if (revision === undefined || form.spec.suspend === true) return false;
    const permit = permits.forms.get(name);
    if (permit?.current.name !== revision.name || permit.generation !== generation) return true;
    if (this.options.rollouts.of(form)?.stable === revision.name) return false;
    const tallies = this.options.index.talliesOfForm(namespace, name);
    const total = sumOf(tallies, ({ reached }) => reached.total);
    return (
      sumOf(tallies, tally => tally.reachedBy(revision.name)) === total &&
      sumOf(tallies, ({ reached }) => reached.ready + reached.failed) === total
    );
  }

  /** Hands what is to be written to the queue of rows, with what they may do. */
  private hand(pass: HubPass, plan: SyncPlan, all: boolean): void {
    const { key, hub, state, forms, revisions } = pass;
    if (all) {
      for (const { node, because, revision } of plan.updates) {
        if (because === "values" || plan.rollouts.get(node.form)?.governed !== true) continue;
        state.moving.set(node.uid, { form: node.form, row: node.recordUid, revision });
      }
      state.permits = permitsOf(hub.metadata.generation, forms, revisions, plan, state.moving.values());
    }
    const rows = new Set([
      ...plan.creations.map(({ record }) => record.uid),
      ...plan.updates.map(({ record }) => record.uid),
    ]);
    for (const uid of rows) this.options.writeRow(rowKey(key, uid), rows.size > CROWD);
    for (const uid of all ? [...state.changedAt.keys()] : pass.scope.rows) {
      if (!rows.has(uid)) state.changedAt.delete(uid);
    }
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
      formNames: this.options.nodes.formNames(namespace),
      nodes,
      knowing: nodes,
      rows,
      now,
      sensitive: node => this.sensitive(node),
    };
  }

  /** A node as a sync compares it with its row; one that moves is as good as moved. */
  existing(hub: LynqHubObject, node: LynqNodeObject, move?: Move): ExistingNode {
    const existing = existingNode(hub, node, this.sensitive(node));
    if (move === undefined || move.revision === existing.revision) return existing;
    // It takes a place.
    return {
      ...existing,
      revision: move.revision,
      ready: false,
      failed: false,
      rolledOut: true,
      since: this.options.cluster.now(),
    };
  }

  private sensitive({ metadata, spec }: LynqNodeObject): SensitiveValues | undefined {
    const { sensitiveValuesRef } = spec;
    return sensitiveValuesRef && this.options.values.of(metadata.namespace ?? "", sensitiveValuesRef.name);
  }
}

/** A form that is another decides anew who moves, and what is gone does not. */
function forgetMoves(
  { moving, permits }: HubState,
  forms: readonly LynqFormObject[],
  nodes: readonly LynqNodeObject[],
): void {
  if (moving.size === 0) return;
  const generations = new Map(forms.map(({ metadata }) => [metadata.name ?? "", metadata.generation]));
  const there = new Set(nodes.map(({ metadata }) => metadata.uid ?? ""));
  for (const [node, { form }] of moving) {
    if (!there.has(node) || permits?.forms.get(form)?.generation !== generations.get(form)) moving.delete(node);
  }
}

function nodesOfRows(index: NodeIndex, { metadata }: LynqHubObject, uids: ReadonlySet<string>): LynqNodeObject[] {
  return [...uids].flatMap(uid => index.ofRow(metadata.namespace ?? "", metadata.name ?? "", uid));
}

function sumOf(tallies: ReadonlyMap<string, NodeTally>, count: (tally: NodeTally) => number): number {
  let sum = 0;
  for (const tally of tallies.values()) sum += count(tally);
  return sum;
}

/** One line for a pass that changes something. */
function logChanges(hub: LynqHubObject, counts: Readonly<Record<"created" | "updated" | "deleted", number>>): void {
  if (Object.values(counts).every(count => count === 0)) return;
  log.info({ ...about(hub), ...counts }, "nodes follow the rows");
}
