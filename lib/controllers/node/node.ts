import { type LynqFormObject, type LynqNodeObject, type LynqNodeStatus } from "../../../crds";
import { type Informer, type ProcessResult } from "../../cluster";
import { ANNOTATION_RECONCILE_AT, FINALIZER_NODE } from "../../metadata";
import { type DriftHistory } from "../../plan/drift-history";
import { entryGvk, type InventoryEntry } from "../../plan/inventory";
import { type RetryHistory } from "../../plan/retry-history";
import { SparseMap } from "../../plan/sparse-map";
import { suspensionOf } from "../../plan/suspension";
import { failedNodeStatus, findCondition, type NodeStanding, nodeStatus } from "../../status";
import { type Children } from "./children";
import { Claims } from "./claims";
import { type Cluster } from "../cluster";
import { addFinalizer } from "../finalizer";
import { formKeyOf } from "../keys";
import { NODES } from "../kinds";
import { LANE, priorityOf } from "../lanes";
import { metrics } from "../metrics";
import { type CleanupMemory, NodeCleanup } from "./node-cleanup";
import { namedKinds } from "./node-context";
import { readInputs } from "./node-inputs";
import { followKinds } from "./node-kinds";
import { NodePruner } from "./node-pruner";
import { NodePublisher, type Told } from "./node-publisher";
import { ResourcePreparer } from "./node-resources";
import { type NodeValues } from "../node-values";
import { type ObjectAccess } from "./object-access";
import { ObjectWriter } from "./object-writer";
import { PredecessorKinds } from "./predecessor-kinds";
import { Remover } from "./removal";
import { type Reapplications } from "../form/reapplications";
import { refusedRemovals, RemovalWalk } from "./removal-walk";
import { ResourceReadiness } from "./resource-readiness";
import { inventoryOf, refusedWrites, ResourceWalk } from "./resource-walk";
import { type Revisions } from "../form/revisions";
import { StorageClasses } from "./storage-classes";
import { Uninstall } from "../uninstall";

/** One of our kinds is not served: it is about to come, or Lynq is being removed. */
const INCOMPLETE_MS = 1000;

/** What is remembered of a node between two passes; losing it costs nothing but an event told twice. */
interface Memory extends CleanupMemory, Told {
  /** Another node may come to bear the same name. */
  readonly uid: string | undefined;
  readonly drift: SparseMap<DriftHistory>;
  /** Objects that are somebody else's. */
  readonly conflicts: RetryHistory;
  /** Writes that the API server refuses. */
  readonly refusedWrites: RetryHistory;
  /** What is told once: idle paths of ignoreFields. */
  told: Set<string> | undefined;
  /** What was last told of objects that other nodes want, too; undefined before the first pass. */
  contested: string | undefined;
  /** Revision of the form in the last pass. */
  revision: string | undefined;
}

export interface NodeControllerOptions {
  /** Whether hubs, forms and nodes are all known; until then only what is being deleted is looked after. */
  readonly isComplete: () => boolean;
  /** Whether there is more to do than can be done at once. */
  readonly isBusy: () => boolean;
  /** When it was seen that a node is being deleted, in milliseconds. */
  readonly deletionSeenAt: (node: string) => number | undefined;
  readonly cluster: Cluster;
  readonly nodes: Informer<LynqNodeObject>;
  readonly forms: Informer<LynqFormObject>;
  readonly children: Children;
  readonly revisions: Revisions;
  readonly values: NodeValues;
  readonly access: ObjectAccess;
  /** Something about who wants the objects of a node has changed. The node is named by its namespace and label: `apps/acme-web`. */
  readonly onContested: (owner: string) => void;
  readonly reapplications: Reapplications;
}

/** Brings the stack of one node to where its record and form want it, and cleans it up when the node goes. */
export class NodeController {
  private readonly memory = new Map<string, Memory>();
  private readonly preparer: ResourcePreparer;
  private readonly walk: ResourceWalk;
  private readonly pruner: NodePruner;
  private readonly claims: Claims;
  private readonly cleanup: NodeCleanup;
  private readonly publisher: NodePublisher;

  constructor(private readonly options: NodeControllerOptions) {
    const { cluster, children, access } = options;
    this.publisher = new NodePublisher(cluster, options.isBusy);
    this.claims = new Claims(options.onContested);
    const { client, discovery, schemas, now } = cluster;
    this.preparer = new ResourcePreparer(discovery, schemas);
    this.walk = new ResourceWalk(children, new ResourceReadiness(children, new StorageClasses(client, now), now), now);
    const removals = new RemovalWalk(new Remover(discovery, children, () => new Date(now())), now);
    this.pruner = new NodePruner(cluster, children, removals, access);
    this.cleanup = new NodeCleanup(
      cluster,
      children,
      removals,
      access,
      new PredecessorKinds(client, discovery),
      new Uninstall(client, now),
    );
  }

  /** One pass. @throws ConnectionError, ApiError: try again later */
  async reconcile(key: string, lane: number): Promise<ProcessResult | undefined> {
    // 1. What is there?
    const node = this.options.nodes.get(key);
    if (node === undefined) {
      this.memory.delete(key);
      this.claims.set(key, new Map());
      this.options.reapplications.done(key);
      return undefined;
    }
    const memory = this.remember(key, node.metadata.uid);
    memory.priority = priorityOf(lane);
    const { publisher } = this;
    const status = publisher.known(node, memory);

    // 2. On its way out: clean up, then let it go.
    if (node.metadata.deletionTimestamp !== undefined) {
      this.claims.set(key, new Map());
      this.options.reapplications.done(key);
      const tell = (next: LynqNodeStatus) => publisher.tellDeletion(node, memory, next);
      return await this.cleanup.run(node, { status, memory, tell, seenAt: this.options.deletionSeenAt(key) });
    }

    if (!this.options.isComplete()) return { recheckAfterMs: INCOMPLETE_MS };

    // 3. Nothing is written for a node that could go without a clean-up.
    await addFinalizer(this.options.cluster.client.of(memory.priority), NODES, node, FINALIZER_NODE);

    // 4. Is it frozen, or asked to be looked at again?
    const { standing, answer } = this.standing(node, status);
    const suspended = standing.suspension !== undefined;
    const { reapplications } = this.options;
    const anew = !suspended && (answer !== standing.handledReconcileAt || reapplications.has(key));
    const answered = { ...standing, handledReconcileAt: answer };

    // 5. The content of its revision, and the record.
    const begun = await readInputs(node, this.options.revisions, this.options.values);
    if ("failure" in begun) {
      const { reason, message } = begun.failure;
      const failure = {
        reason,
        message,
        generation: node.metadata.generation ?? 0,
        previous: status,
        standing: answered,
      };
      await publisher.publish(node, memory, failedNodeStatus(failure, this.now()));
      reapplications.done(key);
      return { recheckAfterMs: 30_000 };
    }
    const { blueprint, context, hashKey, redact } = begun;

    // 6. Render everything, and know everything that exists of it.
    const inventory = inventoryOf(status?.inventory ?? []);
    const { prepared, complete } = await followKinds(
      this.options.children,
      await this.preparer.prepare(blueprint, context, hashKey),
      [...inventory.values()].map(entryGvk),
      namedKinds(node),
    );

    // 7. Write what differs, in the order of dependencies. New content, or a wish, may end a quarrel with another controller: it is tried at once.
    if (memory.revision !== node.spec.formRevision || anew) {
      memory.drift.clear();
      memory.conflicts.clear();
      memory.refusedWrites.clear();
      memory.refusals.clear();
    }
    memory.revision = node.spec.formRevision;
    const written = hashesOf(inventory);
    const result = await this.walk.run(prepared, {
      node: context.node,
      writer: new ObjectWriter(this.options.access.of(node, "write", memory.priority)),
      graph: blueprint.graph,
      inventory,
      drift: memory.drift,
      conflicts: memory.conflicts,
      refusedWrites: memory.refusedWrites,
      ownerOf: object => this.claims.owner(object, key),
      redact,
      frozen: suspended,
      anew,
    });
    this.claims.set(key, result.claims);

    // 8. Remove what is no longer wanted, once everything wanted is there.
    const pruned = await this.pruner.run(node, {
      identity: context.node,
      graph: blueprint.graph,
      prepared,
      outcomes: result.outcomes,
      inventory,
      // Whatever could not be asked or seen may be wanted, and nothing is removed for a node that is frozen.
      certain: complete && result.failures.length === 0 && !suspended,
      refusals: memory.refusals,
      priority: memory.priority,
    });
    const failures = [...result.failures, ...pruned.failures];

    // 9. Tell, what is only progress when it lasts.
    for (const message of result.idlePaths) {
      if (memory.told?.has(message) === true) continue;
      (memory.told ??= new Set()).add(message);
      this.options.cluster.events.record(node, "Warning", "IgnoreFieldsMatchNothing", message);
    }
    for (const { state, reason } of result.outcomes)
      if (state === "Failed" || state === "Conflicted") metrics.forms.failed(formKeyOf(node), reason);
    const contested = this.claims.contested(key, inventory);
    const known = memory.contested ?? findCondition(status?.conditions, "Contested")?.message ?? "";
    for (const message of contested.filter(one => !known.includes(one))) {
      this.options.cluster.events.record(node, "Warning", "ObjectContested", message);
    }
    memory.contested = contested.join("; ");
    const untold = await publisher.tell(node, memory, {
      status: nodeStatus(
        {
          generation: node.metadata.generation ?? 0,
          outcomes: result.outcomes,
          inventory: sorted(inventory.values()),
          unwanted: pruned.left,
          contested,
          formRevision: node.spec.formRevision,
          previousConditions: status?.conditions ?? [],
          standing: failures.length === 0 ? answered : standing,
        },
        this.now(),
      ),
      outcomes: result.outcomes,
      hasWritten: written !== hashesOf(inventory),
      isPartial: failures.length > 0,
    });
    if (failures.length > 0) throw failures[0];
    reapplications.done(key);
    const requeue = [result.requeueAfterMs, pruned.requeueAfterMs, untold].filter(ms => ms !== undefined);
    if (requeue.length === 0) return undefined;
    const recheckAfterMs = Math.min(...requeue);
    return { recheckAfterMs, ...(recheckAfterMs === untold && { recheckLane: LANE.progress }) };
  }

  /** Whether the last pass over the node found a resource of it failed or in conflict. */
  hasFailures(key: string): boolean {
    return this.memory.get(key)?.outcomes?.some(({ state }) => state === "Failed" || state === "Conflicted") === true;
  }

  /** Whether the node goes its ordinary way, which has not been told yet. */
  isOnItsWay(key: string): boolean {
    return this.memory.get(key)?.untold !== undefined;
  }

  /** Keys of the nodes that wait for a kind that the API server did not serve when they were last looked at. */
  waitingForKinds(): string[] {
    return [...this.memory].flatMap(([key, { outcomes = [] }]) =>
      outcomes.some(({ reason }) => reason === "KindNotServed") ? [key] : [],
    );
  }

  /**
   * Keys of the nodes that were refused an object which is free now, or in other hands. They ask again at once.
   *
   * @param owner the node that has it, by namespace and label; undefined: nobody
   */
  claimantsOf(object: string, owner?: string): string[] {
    const claimants = this.claims.claimants(object).filter(key => this.claims.owner(object, key) !== owner);
    for (const key of claimants) this.memory.get(key)?.conflicts.succeeded(object);
    return claimants;
  }

  /** What holds before this pass, and the request to look again that it answers; one that is frozen answers when it is resumed. */
  private standing(
    node: LynqNodeObject,
    status: LynqNodeStatus | undefined,
  ): { standing: NodeStanding; answer: string | undefined } {
    const form = this.options.forms.get(formKeyOf(node));
    const suspension = suspensionOf(node, form);
    const handledReconcileAt = status?.lastHandledReconcileAt;
    const asked = node.metadata.annotations?.[ANNOTATION_RECONCILE_AT];
    return {
      standing: { suspension, inactive: node.spec.inactiveSince !== undefined, handledReconcileAt },
      answer: suspension === undefined ? (asked ?? handledReconcileAt) : handledReconcileAt,
    };
  }

  private remember(key: string, uid: string | undefined): Memory {
    const known = this.memory.get(key);
    if (known !== undefined && known.uid === uid) return known;
    const memory: Memory = {
      uid,
      outcomes: undefined,
      written: undefined,
      untold: undefined,
      priority: "urgent",
      drift: new SparseMap(),
      refusals: refusedRemovals(),
      conflicts: refusedWrites(),
      refusedWrites: refusedWrites(),
      told: undefined,
      contested: undefined,
      uninstalling: undefined,
      revision: undefined,
    };
    this.memory.set(key, memory);
    return memory;
  }

  private now(): Date {
    return new Date(this.options.cluster.now());
  }
}

/** Changes when the content of an object does. */
function hashesOf(inventory: ReadonlyMap<string, InventoryEntry>): string {
  return [...inventory.values()].map(entry => entry.hash).join();
}

/** In the order of dependencies, so that the status reads as the stack is built, and never changes by chance. */
function sorted(entries: Iterable<InventoryEntry>): InventoryEntry[] {
  const place = (entry: InventoryEntry) => [entry.kind, entry.namespace ?? "", entry.name].join("/");
  return [...entries].sort((a, b) => a.wave - b.wave || (place(a) < place(b) ? -1 : 1));
}
