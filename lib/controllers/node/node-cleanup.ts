import { type LynqNodeObject, type LynqNodeStatus } from "../../../crds";
import { type GroupVersionKind } from "../../blueprint/object";
import { type Priority, type ProcessResult } from "../../cluster";
import { FINALIZER_NODE } from "../../metadata";
import { entryGvk, gvkKey, type InventoryEntry } from "../../plan/inventory";
import { belongings, strayEntry } from "../../plan/prune";
import { type RetryHistory } from "../../plan/retry-history";
import { labelValue } from "../../record/label-value";
import { formatTime, nodeStatus, type ResourceOutcome } from "../../status";
import { type Children, KindNotWatchableError } from "./children";
import { type Cluster } from "../cluster";
import { hasFinalizer, removeFinalizer } from "../finalizer";
import { NODES } from "../kinds";
import { LANE } from "../lanes";
import { namedKinds, nodeIdentity } from "./node-context";
import { type ObjectAccess } from "./object-access";
import { type PredecessorKinds } from "./predecessor-kinds";
import { removalName, removalOutcome, type RemovalWalk } from "./removal-walk";
import { inventoryOf } from "./resource-walk";
import { type Uninstall } from "../uninstall";

/** A kind that may not be watched now may be watched after a change of rights, which nobody tells us of. */
const UNSEEN_RETRY_MS = 30_000;

const RETAINED = { deletionPolicy: "Retain" } as const;

/** What is remembered between the passes of a clean-up. */
export interface CleanupMemory {
  /** Of the requests of this pass. */
  priority: Priority;
  /** Deletions that the API server refuses. */
  readonly refusals: RetryHistory;
  /** Whether the clean-up began while Lynq itself was being removed; undefined before its first pass. */
  uninstalling: boolean | undefined;
}

/** What a clean-up needs beside the node itself. */
export interface CleanupContext {
  readonly status: LynqNodeStatus | undefined;
  readonly memory: CleanupMemory;
  /** When the deletion was seen, in milliseconds. */
  readonly seenAt: number | undefined;
  /** Tells how far it is, at once or later. @returns after how many milliseconds it is to be told, if it was not */
  readonly tell: (status: LynqNodeStatus) => Promise<number | undefined>;
}

/**
 * Takes a node's stack down against the order of its dependencies, one wave after the other, and removes the finalizer only when everything is
 * deleted or marked as orphaned. Needs no form and no record: the inventory says it all. While Lynq itself is being removed, everything is retained.
 */
export class NodeCleanup {
  constructor(
    private readonly cluster: Cluster,
    private readonly children: Children,
    private readonly removals: RemovalWalk,
    private readonly access: ObjectAccess,
    private readonly predecessorKinds: PredecessorKinds,
    private readonly uninstall: Uninstall,
  ) {}

  async run(node: LynqNodeObject, context: CleanupContext): Promise<ProcessResult | undefined> {
    if (!hasFinalizer(node, FINALIZER_NODE)) return undefined;
    const identity = nodeIdentity(node);
    const { memory } = context;
    memory.uninstalling ??= await this.uninstall.isUnderWay(context.seenAt);
    const inventory = inventoryOf(context.status?.inventory ?? []);
    const unseen = await this.watch(node, [...inventory.values()]);
    const ours = belongings(
      [...inventory.values()],
      this.children.ofNode(identity.namespace, labelValue(identity.name)),
    );
    for (const one of ours) {
      if (!inventory.has(one.key)) inventory.set(one.key, strayEntry(one, highestWave(inventory) + 1));
    }
    const total = Math.max(context.status?.deletion?.total ?? 0, ours.length);
    const tell = (outcomes: readonly ResourceOutcome[]) =>
      this.tell(node, context, outcomes, [...inventory.values()], total);

    // What cannot be seen cannot be known to be gone: nothing is touched, and the finalizer stays.
    if (unseen !== undefined) {
      if (memory.refusals.failed("", unseen, this.cluster.now()))
        this.cluster.events.record(node, "Warning", "CleanupPartialFailure", unseen);
      await tell(ours.map(one => removalOutcome(one, "Failed", "CleanupPartialFailure", unseen)));
      return { recheckAfterMs: UNSEEN_RETRY_MS };
    }
    memory.refusals.succeeded("");

    const report = await this.removals.run(
      ours.map(one => ({ ...one, hold: undefined, ...(memory.uninstalling === true ? RETAINED : {}) })),
      {
        node: identity,
        client: this.access.of(node, "remove", memory.priority),
        reason: "LynqNodeDeleted",
        refusals: memory.refusals,
      },
    );
    for (const { removal, message } of report.refused) {
      this.cluster.events.record(node, "Warning", "CleanupPartialFailure", `${removalName(removal)}: ${message}`);
    }
    for (const removal of report.retained) {
      const why = memory.uninstalling ? ": Lynq's CustomResourceDefinitions are being deleted" : "";
      const message = `${removalName(removal)} is kept, marked as orphaned${why}`;
      this.cluster.events.record(node, "Normal", "ResourceRetained", message);
    }
    for (const { key } of report.gone) inventory.delete(key);
    const untold = report.left.length > 0 ? await tell(report.left) : undefined;
    if (report.failures.length > 0) throw report.failures[0];
    if (report.left.length > 0) {
      const requeue = [report.requeueAfterMs, untold].filter(ms => ms !== undefined);
      if (requeue.length === 0) return undefined;
      const recheckAfterMs = Math.min(...requeue);
      return { recheckAfterMs, ...(recheckAfterMs === untold && { recheckLane: LANE.progress }) };
    }
    await removeFinalizer(this.cluster.client.of(memory.priority), NODES, node, FINALIZER_NODE);
    this.cluster.events.record(node, "Normal", "LynqNodeDeleted", "everything is cleaned up");
    return undefined;
  }

  private async tell(
    node: LynqNodeObject,
    { status, tell }: CleanupContext,
    outcomes: readonly ResourceOutcome[],
    inventory: readonly InventoryEntry[],
    total: number,
  ): Promise<number | undefined> {
    const now = new Date(this.cluster.now());
    const next = nodeStatus(
      {
        generation: node.metadata.generation ?? 0,
        outcomes,
        inventory,
        formRevision: status?.formRevision,
        previousConditions: status?.conditions ?? [],
        deleting: { since: node.metadata.deletionTimestamp ?? formatTime(now), total },
      },
      now,
    );
    return await tell(next);
  }

  /**
   * Follows every kind that the node has written, and those that it names: an object that was written in the moment before a crash is in no inventory.
   *
   * @returns why a kind of the inventory cannot be seen; one that is only named was never written, since nothing is written unwatched
   */
  private async watch(node: LynqNodeObject, inventory: readonly InventoryEntry[]): Promise<string | undefined> {
    const predecessor = await this.predecessorKinds.of(node);
    const written = kindMap([...inventory.map(entryGvk), ...predecessor.applied]);
    const named = kindMap([...namedKinds(node), ...predecessor.possible]);
    const unseen: string[] = [];
    await Promise.all(
      [...new Map([...named, ...written])].map(async ([key, gvk]) => {
        try {
          await this.children.watch(gvk);
        } catch (error) {
          if (!(error instanceof KindNotWatchableError)) throw error;
          if (written.has(key)) unseen.push(error.message);
        }
      }),
    );
    return unseen.sort()[0];
  }
}

function kindMap(kinds: readonly GroupVersionKind[]): Map<string, GroupVersionKind> {
  return new Map(kinds.map(gvk => [gvkKey(gvk), gvk]));
}

function highestWave(inventory: ReadonlyMap<string, InventoryEntry>): number {
  return Math.max(-1, ...[...inventory.values()].map(({ wave }) => wave));
}
