/**
 * Nodes that are to be written again because their form was asked to. Lost with the process: a form whose request has no answer in its status asks
 * again.
 */
export class Reapplications {
  private readonly pending = new Set<string>();

  /**
   * @param onAsked the node is to be looked at
   * @param onDone the last word about the node is said
   */
  constructor(
    private readonly onAsked: (node: string) => void,
    private readonly onDone: (node: string) => void,
  ) {}

  ask(nodes: readonly string[]): void {
    for (const node of nodes) {
      this.pending.add(node);
      this.onAsked(node);
    }
  }

  has(node: string): boolean {
    return this.pending.has(node);
  }

  /** The node was written again, is frozen, or is gone. */
  done(node: string): void {
    if (this.pending.delete(node)) this.onDone(node);
  }
}
