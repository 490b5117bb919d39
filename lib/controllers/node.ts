import { type LynqNodeObject, type LynqNodeStatus } from "../../crds";
import { BlueprintError } from "../blueprint/errors";
import { ApiError, type Informer, type ProcessResult } from "../cluster";
import { FINALIZER_NODE } from "../metadata";
import { atLeastAsNew } from "../plan/child";
import { type DriftHistory } from "../plan/drift-history";
import { entryGvk, gvkKey, type InventoryEntry } from "../plan/inventory";
import { belongings, planPrune } from "../plan/prune";
import { labelValue } from "../record/label-value";
import { eventsFor, failedNodeStatus, nodeStatus, type ResourceOutcome, statusPatch } from "../status";
import { type Children, KindNotWatchableError } from "./children";
import { type Cluster } from "./cluster";
import { addFinalizer } from "./finalizer";
import { NODES } from "./kinds";
import { NodeCleanup } from "./node-cleanup";
import { nodeIdentity, redactor, renderContext } from "./node-context";
import { type PreparedResource, ResourcePreparer } from "./node-resources";
import { type NodeValues } from "./node-values";
import { type ObjectAccess } from "./object-access";
import { ObjectWriter } from "./object-writer";
import { Remover } from "./removal";
import { inventoryOf, ResourceWalk } from "./resource-walk";
import { RevisionMissingError, type Revisions } from "./revisions";
import { StorageClasses } from "./storage-classes";

/** What is remembered of a node between two passes; losing it costs nothing but an event told twice. */
interface Memory {
  /** Another node may come to bear the same name. */
  readonly uid: string | undefined;
  outcomes: readonly ResourceOutcome[] | undefined;
  /** Our last status write, until the store has caught up with it. */
  written: { readonly status: LynqNodeStatus; readonly resourceVersion: string } | undefined;
  readonly drift: Map<string, DriftHistory>;
  /** Revision of the form in the last pass. */
  revision: string | undefined;
}

export interface NodeControllerOptions {
  readonly cluster: Cluster;
  readonly nodes: Informer<LynqNodeObject>;
  readonly children: Children;
  readonly revisions: Revisions;
  readonly values: NodeValues;
  readonly access: ObjectAccess;
}

/** Brings the stack of one node to where its record and form want it, and cleans it up when the node goes. */
export class NodeController {
  private readonly memory = new Map<string, Memory>();
  private readonly preparer: ResourcePreparer;
  private readonly walk: ResourceWalk;
  private readonly remover: Remover;
  private readonly cleanup: NodeCleanup;

  constructor(private readonly options: NodeControllerOptions) {
    const { cluster, children, access } = options;
    const { client, discovery, schemas, now } = cluster;
    this.preparer = new ResourcePreparer(discovery, schemas);
    this.walk = new ResourceWalk(children, new StorageClasses(client, now), now);
    this.remover = new Remover(discovery, children, () => new Date(now()));
    this.cleanup = new NodeCleanup(cluster, children, this.remover, access);
  }

  /** One pass. @throws ConnectionError, ApiError: try again later */
  async reconcile(key: string): Promise<ProcessResult | undefined> {
    // 1. What is there?
    const node = this.options.nodes.get(key);
    if (node === undefined) {
      this.memory.delete(key);
      return undefined;
    }
    const memory = this.remember(key, node.metadata.uid);
    const status = newestStatus(node, memory);

    // 2. On its way out: clean up, then let it go.
    if (node.metadata.deletionTimestamp !== undefined) {
      return await this.cleanup.run(node, status, next => this.publish(node, memory, next));
    }

    // 3. Nothing is written for a node that could go without a clean-up.
    await addFinalizer(this.options.cluster.client, NODES, node, FINALIZER_NODE);

    // 4. The content of its revision, and the record.
    const begun = await this.begin(node);
    if ("failure" in begun) {
      const { reason, message } = begun.failure;
      const failure = { reason, message, generation: node.metadata.generation ?? 0, previous: status };
      await this.publish(node, memory, failedNodeStatus(failure, this.now()));
      return { requeueAfterMs: 30_000 };
    }
    const { blueprint, context, hashKey, redact } = begun;

    // 5. Render everything, and know everything that exists of it.
    const inventory = inventoryOf(status?.inventory ?? []);
    const { prepared, complete } = await this.watchKinds(await this.preparer.prepare(blueprint, context, hashKey), [
      ...inventory.values(),
    ]);

    // 6. Write what differs, in the order of dependencies. New content may end a quarrel with another controller: it is tried at once.
    if (memory.revision !== node.spec.formRevision) memory.drift.clear();
    memory.revision = node.spec.formRevision;
    const written = [...inventory.values()].map(entry => entry.hash).join();
    const result = await this.walk.run(prepared, {
      node: context.node,
      writer: new ObjectWriter(this.options.access.of(node, "write")),
      graph: blueprint.graph,
      inventory,
      drift: memory.drift,
      redact,
    });

    // 7. Remove what is no longer wanted, once everything wanted is there.
    const failures = [...result.failures];
    let pruned: { requeueAfterMs: number | undefined } = { requeueAfterMs: undefined };
    if (complete && failures.length === 0) {
      try {
        pruned = await this.prune(node, prepared, result.outcomes, inventory);
      } catch (error) {
        failures.push(error);
      }
    }

    // 8. Tell.
    const changed = written !== [...inventory.values()].map(entry => entry.hash).join();
    for (const event of eventsFor(memory.outcomes, result.outcomes, {
      written: changed ? 1 : 0,
      ...(node.status === undefined ? {} : { reported: node.status }),
    })) {
      this.options.cluster.events.record(node, event.type, event.reason, event.message);
    }
    memory.outcomes = result.outcomes;
    await this.publish(
      node,
      memory,
      nodeStatus(
        {
          generation: node.metadata.generation ?? 0,
          outcomes: result.outcomes,
          inventory: sorted(inventory.values()),
          formRevision: node.spec.formRevision,
          previousConditions: status?.conditions ?? [],
        },
        this.now(),
      ),
    );
    if (failures.length > 0) throw failures[0];
    const requeue = [result.requeueAfterMs, pruned.requeueAfterMs].filter(ms => ms !== undefined);
    return requeue.length === 0 ? undefined : { requeueAfterMs: Math.min(...requeue) };
  }

  /** Keys of the nodes that wait for a kind that the API server did not serve when they were last looked at. */
  waitingForKinds(): string[] {
    return [...this.memory].flatMap(([key, { outcomes = [] }]) =>
      outcomes.some(({ reason }) => reason === "KindNotServed") ? [key] : [],
    );
  }

  private async begin(node: LynqNodeObject) {
    const { namespace = "" } = node.metadata;
    const { formRevision, sensitiveValuesRef } = node.spec;
    if (formRevision === undefined) {
      return fail("FormNotFound", "the node names no revision of its form yet; its hub writes it with the next sync");
    }
    try {
      const blueprint = await this.options.revisions.blueprint(namespace, formRevision);
      const sensitive =
        sensitiveValuesRef === undefined ? undefined : this.options.values.of(namespace, sensitiveValuesRef.name);
      if (sensitiveValuesRef !== undefined && sensitive === undefined) {
        return fail(
          "VariablesBuildError",
          `Secret ${namespace}/${sensitiveValuesRef.name} with the sensitive values does not exist yet`,
        );
      }
      return {
        blueprint,
        context: renderContext(nodeIdentity(node), Object.entries(node.spec.values ?? {}), sensitive),
        hashKey: sensitive?.hashKey,
        redact: redactor(sensitive),
      };
    } catch (error) {
      if (error instanceof RevisionMissingError) return fail("FormNotFound", error.message);
      if (error instanceof BlueprintError) return fail("DependencyError", error.message);
      throw error;
    }
  }

  /** Follows every kind that the node has or wants. A resource whose kind cannot be followed fails alone; without all kinds nothing is pruned. */
  private async watchKinds(
    prepared: readonly PreparedResource[],
    inventory: readonly InventoryEntry[],
  ): Promise<{ prepared: readonly PreparedResource[]; complete: boolean }> {
    const wanted = prepared.flatMap(one => (one.kind === "wanted" ? [one.compiled.gvk] : []));
    const kinds = new Map([...wanted, ...inventory.map(entryGvk)].map(gvk => [gvkKey(gvk), gvk]));
    const refused = new Map<string, string>();
    await Promise.all(
      [...kinds].map(async ([key, gvk]) => {
        try {
          await this.options.children.watch(gvk);
        } catch (error) {
          if (!(error instanceof KindNotWatchableError)) throw error;
          refused.set(key, error.message);
        }
      }),
    );
    if (refused.size === 0) return { prepared, complete: true };
    return {
      complete: false,
      prepared: prepared.map(one => {
        const message = one.kind === "wanted" ? refused.get(gvkKey(one.compiled.gvk)) : undefined;
        if (message === undefined) return one;
        const { compiled } = one;
        return { kind: "failed", compiled, reason: "KindNotWatchable", message: `${compiled.path}.spec: ${message}` };
      }),
    };
  }

  private async prune(
    node: LynqNodeObject,
    prepared: readonly PreparedResource[],
    outcomes: readonly ResourceOutcome[],
    inventory: Map<string, InventoryEntry>,
  ): Promise<{ requeueAfterMs: number | undefined }> {
    const identity = nodeIdentity(node);
    const removals = planPrune({
      belongings: belongings(
        [...inventory.values()],
        this.options.children.ofNode(identity.namespace, labelValue(identity.name)),
      ),
      desired: new Map(prepared.flatMap(one => (one.kind === "wanted" ? [[one.compiled.id, one.key] as const] : []))),
      unresolvedIds: new Set(prepared.flatMap(one => (one.kind === "failed" ? [one.compiled.id] : []))),
      everythingApplied: outcomes.every(
        ({ state, reason }) =>
          state === "Ready" ||
          state === "Progressing" ||
          state === "Excluded" ||
          reason === "ReadinessTimeout" ||
          reason === "ResourceFailed",
      ),
      readyIds: new Set(outcomes.flatMap(({ id, state }) => (state === "Ready" ? [id] : []))),
    });
    const client = this.options.access.of(node, "remove");
    let requeueAfterMs: number | undefined;
    for (const removal of removals) {
      const result = await this.remover.remove(removal, identity, client, "RemovedFromTemplate");
      const object = `${removal.gvk.kind} ${removal.namespace === undefined ? removal.name : `${removal.namespace}/${removal.name}`}`;
      const { events } = this.options.cluster;
      switch (result.state) {
        case "gone":
          inventory.delete(removal.key);
          if (result.did === "retained")
            events.record(
              node,
              "Normal",
              "OrphanedResourceRetained",
              `${object} left the form and is kept, marked as orphaned`,
            );
          break;
        case "pending":
          inventory.delete(removal.key);
          events.record(node, "Normal", "OrphanedResourceDeleted", `${object} left the form and is deleted`);
          break;
        case "refused":
          events.record(
            node,
            "Warning",
            "CleanupPartialFailure",
            `${object} left the form, and deleting it was refused: ${result.message}`,
          );
          requeueAfterMs = 30_000;
          break;
      }
    }
    return { requeueAfterMs };
  }

  private async publish(node: LynqNodeObject, memory: Memory, next: LynqNodeStatus): Promise<void> {
    const patch = statusPatch(newestStatus(node, memory), next);
    if (patch === undefined) return;
    const { namespace, name = "" } = node.metadata;
    try {
      const { metadata } = await this.options.cluster.client.patchStatus(NODES, { namespace, name }, patch.status);
      memory.written = { status: next, resourceVersion: metadata.resourceVersion ?? "0" };
    } catch (error) {
      // The node went away meanwhile: there is nobody left to tell.
      if (!(error instanceof ApiError && error.isNotFound())) throw error;
    }
  }

  private remember(key: string, uid: string | undefined): Memory {
    const known = this.memory.get(key);
    if (known !== undefined && known.uid === uid) return known;
    const memory: Memory = { uid, outcomes: undefined, written: undefined, drift: new Map(), revision: undefined };
    this.memory.set(key, memory);
    return memory;
  }

  private now(): Date {
    return new Date(this.options.cluster.now());
  }
}

type FailureReason = Parameters<typeof failedNodeStatus>[0]["reason"];

function fail(reason: FailureReason, message: string): { failure: { reason: FailureReason; message: string } } {
  return { failure: { reason, message } };
}

/** We are the only writer of the status, so our last write counts until the store has caught up with it. */
function newestStatus(node: LynqNodeObject, { written }: Memory): LynqNodeStatus | undefined {
  if (written === undefined || atLeastAsNew(node.metadata.resourceVersion ?? "0", written.resourceVersion))
    return node.status;
  return written.status;
}

/** In the order of dependencies, so that the status reads as the stack is built, and never changes by chance. */
function sorted(entries: Iterable<InventoryEntry>): InventoryEntry[] {
  const place = (entry: InventoryEntry) => [entry.kind, entry.namespace ?? "", entry.name].join("/");
  return [...entries].sort((a, b) => a.wave - b.wave || (place(a) < place(b) ? -1 : 1));
}
