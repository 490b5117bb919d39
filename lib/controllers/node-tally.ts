import { type LynqNodeObject } from "../../crds";
import { suspensionOf } from "../plan/suspension";
import { nodeHealth } from "../status";

/** Nodes of one hub and one form, counted as they come, change and go, so that nobody walks through them to say how many they are. */
export class NodeTally {
  /** All of them. */
  total = 0;
  /** Not on their way out. */
  living = 0;
  /** Outlive their row. */
  inactive = 0;
  /** Frozen by hand or by their row. */
  suspended = 0;
  /** Of those that do not outlive their row. */
  ready = 0;
  failed = 0;
  /** Of those that changes of the form reach: neither inactive nor suspended. */
  readonly reached = { total: 0, ready: 0, failed: 0 };
  private readonly inUse = new Map<string, number>();
  private readonly reachedWith = new Map<string, number>();

  add(node: LynqNodeObject): void {
    this.count(node, 1);
  }

  /** @param node exactly as it was added */
  remove(node: LynqNodeObject): void {
    this.count(node, -1);
  }

  /** Revisions that nodes name. */
  revisions(): IterableIterator<string> {
    return this.inUse.keys();
  }

  /** Nodes with the revision, of those that changes of the form reach. */
  reachedBy(revision: string): number {
    return this.reachedWith.get(revision) ?? 0;
  }

  private count(node: LynqNodeObject, by: 1 | -1): void {
    const { metadata, spec, status } = node;
    const isInactive = spec.inactiveSince !== undefined;
    const isSuspended = suspensionOf(node, undefined) !== undefined;
    const health = nodeHealth(metadata.generation, status);
    this.total += by;
    if (metadata.deletionTimestamp === undefined) this.living += by;
    if (isInactive) this.inactive += by;
    if (isSuspended) this.suspended += by;
    if (!isInactive && health === "Ready") this.ready += by;
    if (!isInactive && health === "Failed") this.failed += by;
    if (spec.formRevision !== undefined) increase(this.inUse, spec.formRevision, by);
    if (isInactive || isSuspended) return;
    this.reached.total += by;
    if (health === "Ready") this.reached.ready += by;
    if (health === "Failed") this.reached.failed += by;
    if (spec.formRevision !== undefined) increase(this.reachedWith, spec.formRevision, by);
  }
}

function increase(counts: Map<string, number>, key: string, by: number): void {
  const count = (counts.get(key) ?? 0) + by;
  if (count === 0) counts.delete(key);
  else counts.set(key, count);
}
