import { type RolloutNode, type RolloutRow } from "./rollout-row";

/** Nodes of a form as a rollout counts them. */
export class RolloutCount {
  readonly total: number;
  readonly updated: readonly RolloutNode[];
  readonly ready: number;
  /** Uids of nodes with the newest content that have failed, sorted. */
  readonly failed: readonly string[];
  /** Nodes that take a place. */
  readonly updating: number;
  /** Nodes with the newest content that are to show yet whether it works. */
  readonly unsettled: number;
  /** When nodes that are not ready will have failed. */
  readonly deadlines: readonly number[];
  private readonly waiting: number;

  constructor(
    rows: readonly RolloutRow[],
    private readonly target: string,
    private readonly deadlineMs: number,
    private readonly now: number,
  ) {
    const nodes = rows.flatMap(({ node }) => node ?? []);
    this.total = nodes.length;
    this.updated = nodes.filter(node => node.revision === target);
    this.waiting = this.total - this.updated.length;
    this.ready = this.updated.filter(node => node.ready).length;
    this.failed = rows
      .flatMap(({ uid, node }) => (node?.revision === target && this.hasFailed(node) ? [uid] : []))
      .sort();
    this.updating = this.updated.filter(node => node.rolledOut && !this.hasSettled(node)).length;
    this.unsettled = this.judged(this.updated).filter(node => !this.hasSettled(node)).length;
    this.deadlines = this.updated.filter(node => !this.hasSettled(node)).map(node => node.since + deadlineMs);
  }

  /** Whether all of these rows' nodes have the newest content, and have shown whether it works. */
  isSettled(rows: readonly RolloutRow[]): boolean {
    const nodes = rows.flatMap(({ node }) => node ?? []);
    return (
      nodes.every(node => node.revision === this.target) && this.judged(nodes).every(node => this.hasSettled(node))
    );
  }

  /** When something last moved, in milliseconds. */
  lastProgress(times: readonly string[]): number {
    const all = [
      ...times.map(time => Date.parse(time)),
      ...this.updated.map(({ since }) => since),
      // Its place is free since then; without anybody to take it, that is no progress.
      ...(this.waiting === 0
        ? []
        : this.updated.filter(node => this.isOverdue(node)).map(({ since }) => since + this.deadlineMs)),
    ];
    return all.reduce((last, time) => Math.max(last, time));
  }

  /**
   * Where nodes have moved, or are to, those that were made with the newest content prove nothing, and a table that grows all the time keeps no
   * rollout from its end.
   */
  private judged(nodes: readonly RolloutNode[]): readonly RolloutNode[] {
    const moved = this.updated.some(node => node.rolledOut) || this.waiting > 0;
    return moved ? nodes.filter(node => node.rolledOut) : nodes;
  }

  private hasSettled(node: RolloutNode): boolean {
    return node.ready || this.hasFailed(node);
  }

  private hasFailed(node: RolloutNode): boolean {
    return node.failed || this.isOverdue(node);
  }

  private isOverdue(node: RolloutNode): boolean {
    return !node.ready && this.now >= node.since + this.deadlineMs;
  }
}
