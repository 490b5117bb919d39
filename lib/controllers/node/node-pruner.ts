import { type LynqNodeObject } from "../../../crds";
import { type DependencyGraph } from "../../blueprint/graph";
import { type NodeIdentity } from "../../blueprint/node-identity";
import { type Priority } from "../../cluster";
import { type InventoryEntry } from "../../plan/inventory";
import { belongings, planPrune, strayEntry } from "../../plan/prune";
import { type RetryHistory } from "../../plan/retry-history";
import { labelValue } from "../../record/label-value";
import { type ResourceOutcome } from "../../status";
import { type Children } from "./children";
import { type Cluster } from "../cluster";
import { type PreparedResource } from "./node-resources";
import { type ObjectAccess } from "./object-access";
import { removalName, type RemovalReport, type RemovalWalk } from "./removal-walk";

export interface PruneContext {
  readonly identity: NodeIdentity;
  readonly graph: DependencyGraph;
  readonly prepared: readonly PreparedResource[];
  readonly outcomes: readonly ResourceOutcome[];
  /** What the node answers for; kept up to date: what is found is added, and what is gone is taken out. */
  readonly inventory: Map<string, InventoryEntry>;
  /** Whether everything that the node wants could be looked at. */
  readonly certain: boolean;
  readonly refusals: RetryHistory;
  readonly priority: Priority;
}

/** Removes what a node no longer wants, against the order of dependencies, once everything that it wants is there. */
export class NodePruner {
  constructor(
    private readonly cluster: Cluster,
    private readonly children: Children,
    private readonly removals: RemovalWalk,
    private readonly access: ObjectAccess,
  ) {}

  /** What could not be asked is in the report's failures. */
  async run(node: LynqNodeObject, context: PruneContext): Promise<RemovalReport> {
    const { identity, graph, prepared, outcomes, inventory, certain, refusals } = context;
    const ours = belongings(
      [...inventory.values()],
      this.children.ofNode(identity.namespace, labelValue(identity.name)),
    );
    const ids = new Set(prepared.map(one => one.compiled.id));
    const unwanted = planPrune({
      belongings: ours,
      desired: new Map(prepared.flatMap(one => (one.kind === "wanted" ? [[one.compiled.id, one.key] as const] : []))),
      unresolvedIds: new Set(prepared.flatMap(one => (one.kind === "failed" ? [one.compiled.id] : []))),
      everythingApplied: certain && outcomes.every(isWritten),
      readyIds: new Set(outcomes.flatMap(({ id, state }) => (state === "Ready" ? [id] : []))),
      dependents: id => (ids.has(id) ? graph.dependents(id) : []),
    });
    for (const one of unwanted) {
      if (!inventory.has(one.key)) inventory.set(one.key, strayEntry(one, graph.waves.length));
    }
    const client = this.access.of(node, "remove", context.priority);
    const report = await this.removals.run(unwanted, {
      node: identity,
      client,
      reason: "RemovedFromTemplate",
      refusals,
    });
    for (const { key } of report.gone) inventory.delete(key);
    this.tell(node, report);
    return report;
  }

  private tell(node: LynqNodeObject, { retained, requested, refused }: RemovalReport): void {
    const { events } = this.cluster;
    for (const removal of retained) {
      const message = `${removalName(removal)} left the form and is kept, marked as orphaned`;
      events.record(node, "Normal", "OrphanedResourceRetained", message);
    }
    for (const removal of requested) {
      events.record(node, "Normal", "OrphanedResourceDeleted", `${removalName(removal)} left the form and is deleted`);
    }
    for (const { removal, message } of refused) {
      const told = `${removalName(removal)} left the form, and deleting it was refused: ${message}`;
      events.record(node, "Warning", "CleanupPartialFailure", told);
    }
  }
}

/** Ready in time or not: what is wanted exists as it should be. */
function isWritten({ state, reason }: ResourceOutcome): boolean {
  return (
    state === "Ready" ||
    state === "Progressing" ||
    state === "Excluded" ||
    reason === "ReadinessTimeout" ||
    reason === "ResourceFailed"
  );
}
