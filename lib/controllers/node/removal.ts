import { type NodeIdentity } from "../../blueprint/node-identity";
import { ApiError, type ApiResource, type Discovery } from "../../cluster";
import { type ChildFact, childFact, isChildOf } from "../../plan/child";
import { type Removal } from "../../plan/prune";
import { type Children } from "./children";
import { type ObjectClient, WriteForbiddenError } from "./object-access";
import { markOrphaned, type OrphanedReason } from "./retain";

/**
 * - `gone`: nothing of it is left that is ours
 * - `pending`: on its way out, just asked for or for a while; finalizers may take time
 * - `refused`: the API server said no
 */
export type RemovalResult =
  | { readonly state: "gone"; readonly did: "deleted" | "retained" | "nothing" }
  | {
      readonly state: "pending";
      readonly requested: boolean;
      /** RFC 3339; absent when it was asked for just now. */
      readonly since?: string;
      readonly finalizers: readonly string[];
    }
  | { readonly state: "refused"; readonly message: string };

/**
 * Removes one object of a node by its deletion policy. Deletes only what has the recorded UID, carries this node's labels and was written by us, or
 * by the Go operator before us; anything else of that name is left alone (docs/safety.md, rule 3).
 */
export class Remover {
  /** UIDs whose deletion the API server has accepted, until the watch says so. */
  private readonly requested = new Set<string>();

  constructor(
    private readonly discovery: Discovery,
    private readonly children: Children,
    private readonly now: () => Date,
  ) {}

  /** @throws ConnectionError, ApiError 5xx: nothing is known, try again */
  async remove(
    removal: Removal,
    node: NodeIdentity,
    client: ObjectClient,
    reason: OrphanedReason,
  ): Promise<RemovalResult> {
    const resource = await this.discovery.resolveAnyVersion(removal.gvk);
    // A kind that is served in no version has no objects.
    if (resource === undefined) return { state: "gone", did: "nothing" };
    await this.children.watch(resource);
    const child = this.children.get(resource, removal.namespace, removal.name);
    if (child === undefined || !isThisNodes(child, removal, node)) {
      this.requested.delete(removal.uid);
      return { state: "gone", did: "nothing" };
    }
    try {
      return removal.deletionPolicy === "Retain"
        ? await this.retain(client, resource, removal, node, reason)
        : await this.delete(client, resource, removal, child);
    } catch (error) {
      if (error instanceof WriteForbiddenError) return { state: "refused", message: error.message };
      if (!(error instanceof ApiError)) throw error;
      if (error.isNotFound()) return { state: "gone", did: "nothing" };
      if (error.status >= 500 || error.status === 429 || error.status === 401 || error.isConflict()) throw error;
      return { state: "refused", message: error.serverMessage };
    }
  }

  private async delete(
    client: ObjectClient,
    resource: ApiResource,
    removal: Removal,
    child: ChildFact,
  ): Promise<RemovalResult> {
    if (child.deletion !== undefined) {
      this.requested.delete(removal.uid);
      return { state: "pending", requested: false, ...child.deletion };
    }
    if (this.requested.has(removal.uid)) return { state: "pending", requested: false, finalizers: [] };
    await client.delete(
      resource,
      { namespace: removal.namespace, name: removal.name },
      // Background by name: a Job deleted without it leaves its pods behind.
      { preconditions: { uid: removal.uid }, propagationPolicy: "Background" },
    );
    this.requested.add(removal.uid);
    return { state: "pending", requested: true, finalizers: [] };
  }

  private async retain(
    client: ObjectClient,
    resource: ApiResource,
    removal: Removal,
    node: NodeIdentity,
    reason: OrphanedReason,
  ): Promise<RemovalResult> {
    const live = await client.get(resource, { namespace: removal.namespace, name: removal.name });
    // By its labels: an object that was taken by force may have another controller.
    if (live.metadata.uid !== removal.uid || !isChildOf(childFact(live), node))
      return { state: "gone", did: "nothing" };
    this.children.wrote(await markOrphaned(client, resource, live, node, reason, this.now()));
    return { state: "gone", did: "retained" };
  }
}

function isThisNodes(child: ChildFact, removal: Removal, node: NodeIdentity): boolean {
  return child.uid === removal.uid && isChildOf(child, node) && (child.writtenByUs || child.writtenByPredecessor);
}
