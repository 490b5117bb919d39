import { type LynqHubObject } from "../../../crds";
import { ApiError, type ProcessResult } from "../../cluster";
import { FINALIZER_HUB } from "../../metadata";
import { type Cluster } from "../cluster";
import { hasFinalizer, removeFinalizer } from "../finalizer";
import { type HubNodes } from "./hub-nodes";
import { HUBS, NODES, toNode } from "../kinds";
import { type NodeIndex } from "../node-index";

/** Lets a hub go that is being deleted: its nodes first, each with all that it has made. */
export class HubCleanup {
  constructor(
    private readonly cluster: Cluster,
    private readonly index: NodeIndex,
    private readonly nodes: HubNodes,
  ) {}

  async run(hub: LynqHubObject): Promise<ProcessResult | undefined> {
    const { namespace = "", name = "" } = hub.metadata;
    if (!hasFinalizer(hub, FINALIZER_HUB)) return undefined;
    const nodes = this.nodes.latest(`${namespace}/${name}`, [...this.index.ofHub(namespace, name)]);
    const staying = nodes.filter(({ metadata }) => metadata.deletionTimestamp === undefined);
    const left = await this.nodes.delete(
      hub,
      staying.map(({ metadata: { name = "", uid = "" } }) => ({ name, uid })),
      "its hub is deleted",
    );
    // Each node that goes wakes the hub.
    if (nodes.length > 0) return left ? { requeueAfterMs: 1 } : undefined;
    if (await this.hasNodes(namespace, name)) return { requeueAfterMs: 1000 };
    await removeFinalizer(this.cluster.client, HUBS, hub, FINALIZER_HUB);
    return undefined;
  }

  /** Asks the API server, not the store. A kind that is not served any more has no objects: Lynq itself is being removed. */
  private async hasNodes(namespace: string, hub: string): Promise<boolean> {
    try {
      const { items } = await this.cluster.client.list(NODES, { namespace });
      return items.some(item => toNode(item).spec.hubId === hub);
    } catch (error) {
      if (error instanceof ApiError && error.isNotFound()) return false;
      throw error;
    }
  }
}
