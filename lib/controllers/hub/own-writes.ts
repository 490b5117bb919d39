import { type LynqNodeObject } from "../../../crds";
import { atLeastAsNew } from "../../plan/child";

/** Writes of one hub that the store may not show yet. */
interface Writes {
  /** As we made or changed them, by UID. */
  readonly written: Map<string, LynqNodeObject>;
  /** UIDs of nodes that we have deleted, with the time of that. */
  readonly deleted: Map<string, string>;
}

/**
 * Nodes as we wrote them, until the store shows them. Without it, a node that has just moved would count as one that waits, and a rollout would move
 * more nodes at a time than it may; and the next pass would make, or delete, what this one has.
 */
export class OwnWrites {
  private readonly hubs = new Map<string, Writes>();

  /** A node that was made or changed. */
  note(hub: string, node: LynqNodeObject): void {
    this.of(hub).written.set(node.metadata.uid ?? "", node);
  }

  /** A node whose deletion the API server has accepted. @param at RFC 3339 */
  noteDeletion(hub: string, uid: string, at: string): void {
    this.of(hub).deleted.set(uid, at);
  }

  forget(hub: string): void {
    this.hubs.delete(hub);
  }

  /**
   * The nodes of a hub, each as the store or our last write has it, whichever is newer. What the store has by now is forgotten.
   *
   * @param revision everything up to it is in the store
   */
  latest(hub: string, stored: readonly LynqNodeObject[], revision: string): LynqNodeObject[] {
    const writes = this.hubs.get(hub);
    if (writes === undefined) return [...stored];
    this.hubs.delete(hub);
    const seen = new Set<string>();
    const nodes = stored.map(node => {
      const uid = node.metadata.uid ?? "";
      seen.add(uid);
      return this.newest(hub, node, writes.written.get(uid), writes.deleted.get(uid));
    });
    // Made a moment ago; or gone again, if the store is further than that.
    const made = [...writes.written].flatMap(([uid, node]) => {
      if (seen.has(uid) || atLeastAsNew(revision, node.metadata.resourceVersion ?? "0")) return [];
      return [this.newest(hub, node, node, writes.deleted.get(uid))];
    });
    return [...nodes, ...made];
  }

  private newest(
    hub: string,
    node: LynqNodeObject,
    own: LynqNodeObject | undefined,
    deletedAt: string | undefined,
  ): LynqNodeObject {
    // Its deletion, or its status, may be news.
    if (node.metadata.deletionTimestamp !== undefined) return node;
    if (deletedAt !== undefined) {
      this.noteDeletion(hub, node.metadata.uid ?? "", deletedAt);
      return { ...node, metadata: { ...node.metadata, deletionTimestamp: deletedAt } };
    }
    if (own === undefined || (own !== node && generationOf(own) <= generationOf(node))) return node;
    this.note(hub, own);
    return own;
  }

  private of(hub: string): Writes {
    const known = this.hubs.get(hub);
    if (known !== undefined) return known;
    const writes: Writes = { written: new Map(), deleted: new Map() };
    this.hubs.set(hub, writes);
    return writes;
  }
}

function generationOf({ metadata }: LynqNodeObject): number {
  return metadata.generation ?? 0;
}
