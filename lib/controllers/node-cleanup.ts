import { type LynqNodeObject, type LynqNodeStatus } from "../../crds";
import { type ProcessResult } from "../cluster";
import { FINALIZER_NODE } from "../metadata";
import { entryGvk, gvkKey, type InventoryEntry } from "../plan/inventory";
import { belongings, type Removal } from "../plan/prune";
import { labelValue } from "../record/label-value";
import { nodeStatus, type ResourceOutcome } from "../status";
import { type Children, KindNotWatchableError } from "./children";
import { type Cluster } from "./cluster";
import { hasFinalizer, removeFinalizer } from "./finalizer";
import { NODES } from "./kinds";
import { nodeIdentity } from "./node-context";
import { type ObjectAccess } from "./object-access";
import { type Remover } from "./removal";
import { inventoryOf } from "./resource-walk";

const RETRY_MS = 10_000;

/**
 * Takes a node's stack down against the order of its dependencies, one wave after the other, and removes the finalizer only when everything is
 * deleted or marked as orphaned. Needs no form and no record: the inventory says it all.
 */
export class NodeCleanup {
  constructor(
    private readonly cluster: Cluster,
    private readonly children: Children,
    private readonly remover: Remover,
    private readonly access: ObjectAccess,
  ) {}

  async run(
    node: LynqNodeObject,
    status: LynqNodeStatus | undefined,
    publish: (status: LynqNodeStatus) => Promise<void>,
  ): Promise<ProcessResult | undefined> {
    if (!hasFinalizer(node, FINALIZER_NODE)) return undefined;
    const identity = nodeIdentity(node);
    const inventory = inventoryOf(status?.inventory ?? []);
    try {
      await this.watch(node, [...inventory.values()]);
    } catch (error) {
      if (!(error instanceof KindNotWatchableError)) throw error;
      // What cannot be seen cannot be known to be gone: the finalizer stays.
      this.cluster.events.record(node, "Warning", "CleanupPartialFailure", error.message);
      return { requeueAfterMs: RETRY_MS };
    }

    const left = belongings(
      [...inventory.values()],
      this.children.ofNode(identity.namespace, labelValue(identity.name)),
    );
    const client = this.access.of(node, "remove");
    const outcomes: ResourceOutcome[] = [];
    let wave: number | undefined;
    for (const removal of left) {
      // A later wave goes first; the next one waits until nothing of it is left.
      if (wave !== undefined && removal.wave < wave && outcomes.length > 0) {
        outcomes.push(outcomeOf(removal, "Blocked", "WaitingForDependents", "waits until what depends on it is gone"));
        continue;
      }
      wave = removal.wave;
      const result = await this.remover.remove(removal, identity, client, "LynqNodeDeleted");
      if (result.state === "refused") {
        outcomes.push(outcomeOf(removal, "Failed", "CleanupPartialFailure", result.message));
        this.cluster.events.record(node, "Warning", "CleanupPartialFailure", `${nameOf(removal)}: ${result.message}`);
      } else if (result.state === "pending") {
        outcomes.push(outcomeOf(removal, "Deleting", "Deleting", "is being deleted"));
      } else {
        inventory.delete(removal.key);
        if (result.did === "retained") {
          this.cluster.events.record(
            node,
            "Normal",
            "ResourceRetained",
            `${nameOf(removal)} is kept, marked as orphaned`,
          );
        }
      }
    }
    if (outcomes.length === 0) {
      await removeFinalizer(this.cluster.client, NODES, node, FINALIZER_NODE);
      this.cluster.events.record(node, "Normal", "LynqNodeDeleted", "everything is cleaned up");
      return undefined;
    }
    await publish(
      nodeStatus(
        {
          generation: node.metadata.generation ?? 0,
          outcomes,
          inventory: [...inventory.values()],
          formRevision: status?.formRevision,
          previousConditions: status?.conditions ?? [],
          deleting: true,
        },
        new Date(this.cluster.now()),
      ),
    );
    return outcomes.some(({ state }) => state === "Failed") ? { requeueAfterMs: RETRY_MS } : undefined;
  }

  /**
   * Follows every kind that the node has written, and those that it names: an object that was written in the moment before a crash is in no inventory.
   *
   * @throws KindNotWatchableError for a kind of the inventory; one that is only named was never written, since nothing is written unwatched
   */
  private async watch(node: LynqNodeObject, inventory: readonly InventoryEntry[]): Promise<void> {
    const written = new Map(inventory.map(entryGvk).map(gvk => [gvkKey(gvk), gvk]));
    const named = new Map((node.spec.resources ?? []).map(entryGvk).map(gvk => [gvkKey(gvk), gvk]));
    await Promise.all([...written.values()].map(gvk => this.children.watch(gvk)));
    await Promise.all(
      [...named.values()].map(async gvk => {
        try {
          await this.children.watch(gvk);
        } catch (error) {
          if (!(error instanceof KindNotWatchableError)) throw error;
        }
      }),
    );
  }
}

function outcomeOf(
  removal: Removal,
  state: ResourceOutcome["state"],
  reason: string,
  message: string,
): ResourceOutcome {
  const { id, gvk, namespace, name } = removal;
  return {
    id,
    kind: gvk.kind,
    ...(namespace === undefined ? {} : { namespace }),
    name,
    wave: removal.wave,
    state,
    reason,
    message,
  };
}

function nameOf({ gvk, namespace, name }: Removal): string {
  return `${gvk.kind} ${namespace === undefined ? name : `${namespace}/${name}`}`;
}
