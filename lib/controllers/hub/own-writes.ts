import { type LynqNodeObject } from "../../../crds";
import { atLeastAsNew } from "../../plan/child";

/** Writes of one hub that the store may not show yet. */
interface Writes {
  /** As we made or changed them, by UID. */
  readonly written: Map<string, LynqNodeObject>;
  /** Their UIDs, by the uid of their row. */
  readonly ofRow: Map<string, Set<string>>;
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
    const { written, ofRow } = this.of(hub);
    const { uid = "" } = node.metadata;
    written.set(uid, node);
    const uids = ofRow.get(node.spec.uid) ?? new Set<string>();
    uids.add(uid);
    ofRow.set(node.spec.uid, uids);
  }

  /** A node whose deletion the API server has accepted. @param at RFC 3339 */
  noteDeletion(hub: string, uid: string, at: string): void {
    this.of(hub).deleted.set(uid, at);
  }

  /** The store has seen the node go. */
  gone(hub: string, { metadata: { uid = "" }, spec }: LynqNodeObject): void {
    const writes = this.hubs.get(hub);
    if (writes === undefined) return;
    forget(writes, uid, spec.uid);
    writes.deleted.delete(uid);
  }

  forget(hub: string): void {
    this.hubs.delete(hub);
  }

  /**
   * The nodes of a hub, each as the store or our last write has it, whichever is newer. What the store has by now is forgotten.
   *
   * @param stored all nodes of the rows
   * @param revision everything up to it is in the store
   * @param rows uids; all rows of the hub when left out
   */
  latest(hub: string, stored: readonly LynqNodeObject[], revision: string, rows?: Iterable<string>): LynqNodeObject[] {
    const writes = this.hubs.get(hub);
    if (writes === undefined) return [...stored];
    const seen = new Set(stored.map(({ metadata }) => metadata.uid ?? ""));
    const nodes = stored.map(node => newest(writes, node));
    // Made a moment ago; or gone again, if the store is further than that.
    for (const row of rows ?? [...writes.ofRow.keys()]) {
      for (const uid of writes.ofRow.get(row) ?? []) {
        const node = writes.written.get(uid);
        if (node === undefined || seen.has(uid)) continue;
        if (atLeastAsNew(revision, node.metadata.resourceVersion ?? "0")) forget(writes, uid, row);
        else nodes.push(withDeletion(writes, node));
      }
    }
    if (writes.written.size + writes.deleted.size === 0) this.hubs.delete(hub);
    return nodes;
  }

  private of(hub: string): Writes {
    const known = this.hubs.get(hub);
    if (known !== undefined) return known;
    const writes: Writes = { written: new Map(), ofRow: new Map(), deleted: new Map() };
    this.hubs.set(hub, writes);
    return writes;
  }
}

/** A stored node, or what we have written of it since. */
function newest(writes: Writes, node: LynqNodeObject): LynqNodeObject {
  const { uid = "", deletionTimestamp } = node.metadata;
  const own = writes.written.get(uid);
  const isOld = own !== undefined && generationOf(own) <= generationOf(node);
  if (isOld) forget(writes, uid, node.spec.uid);
  // Its deletion, or its status, may be news.
  if (deletionTimestamp !== undefined) {
    writes.deleted.delete(uid);
    return node;
  }
  return withDeletion(writes, own === undefined || isOld ? node : own);
}

function withDeletion({ deleted }: Writes, node: LynqNodeObject): LynqNodeObject {
  const deletionTimestamp = deleted.get(node.metadata.uid ?? "");
  return deletionTimestamp === undefined ? node : { ...node, metadata: { ...node.metadata, deletionTimestamp } };
}

function forget({ written, ofRow }: Writes, uid: string, row: string): void {
  written.delete(uid);
  const uids = ofRow.get(row);
  uids?.delete(uid);
  if (uids?.size === 0) ofRow.delete(row);
}

function generationOf({ metadata }: LynqNodeObject): number {
  return metadata.generation ?? 0;
}
