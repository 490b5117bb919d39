import { type LynqNodeObject } from "../../../crds";

/**
 * Nodes as we wrote them, until the store shows them. Without it, a node that has just moved would count as one that waits, and a rollout would move
 * more nodes at a time than it may.
 */
export class OwnWrites {
  private readonly written = new Map<string, Map<string, LynqNodeObject>>();

  note(hub: string, node: LynqNodeObject): void {
    const nodes = this.written.get(hub) ?? new Map<string, LynqNodeObject>();
    nodes.set(node.metadata.uid ?? "", node);
    this.written.set(hub, nodes);
  }

  forget(hub: string): void {
    this.written.delete(hub);
  }

  /** The nodes of a hub, each as the store or our last write has it, whichever is newer. What the store has by now is forgotten. */
  latest(hub: string, stored: readonly LynqNodeObject[]): LynqNodeObject[] {
    const written = this.written.get(hub);
    if (written === undefined) return [...stored];
    this.written.delete(hub);
    return stored.map(node => {
      const own = written.get(node.metadata.uid ?? "");
      if (own === undefined || generationOf(own) <= generationOf(node)) return node;
      this.note(hub, own);
      // Its deletion, or its status, may be news.
      return node.metadata.deletionTimestamp === undefined ? own : node;
    });
  }
}

function generationOf({ metadata }: LynqNodeObject): number {
  return metadata.generation ?? 0;
}
