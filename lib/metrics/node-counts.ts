import { type LynqNodeObject } from "../../crds";
import { nodeHealth } from "../status";

/** How a node counts; each counts once. */
export type NodeState = "ready" | "progressing" | "failed" | "inactive" | "deleting";

/** How resources of a form's nodes are counted. */
export type ResourceState = "desired" | "ready" | "failed" | "conflicted" | "skipped";

export interface FormCounts {
  readonly nodes: Record<NodeState, number>;
  readonly resources: Record<ResourceState, number>;
}

/** Running counts of all nodes: each change of a node costs a few additions, and nobody ever walks through all of them. */
export class NodeCounts {
  private readonly byForm = new Map<string, FormCounts>();
  /** Keys of nodes that need somebody, and of those that are on their way; in the order in which they came to be so. */
  readonly failed = new Set<string>();
  readonly unready = new Set<string>();

  update(key: string, node: LynqNodeObject | undefined, previous: LynqNodeObject | undefined): void {
    if (previous !== undefined) this.count(previous, -1);
    if (node !== undefined) this.count(node, 1);
    const state = node === undefined ? undefined : nodeState(node);
    const trouble = node !== undefined && (state === "failed" || (node.status?.failedResources ?? 0) > 0);
    put(this.failed, key, trouble);
    put(this.unready, key, !trouble && state !== undefined && state !== "ready");
  }

  forms(): Iterable<readonly [string, FormCounts]> {
    return this.byForm;
  }

  private count(node: LynqNodeObject, by: 1 | -1): void {
    const key = `${node.metadata.namespace ?? ""}/${node.spec.templateRef}`;
    const counts = this.byForm.get(key) ?? none();
    this.byForm.set(key, counts);
    counts.nodes[nodeState(node)] += by;
    const { resources } = counts;
    const { status } = node;
    resources.desired += by * (status?.desiredResources ?? 0);
    resources.ready += by * (status?.readyResources ?? 0);
    resources.failed += by * (status?.failedResources ?? 0);
    resources.conflicted += by * (status?.conflictedResources ?? 0);
    resources.skipped += by * (status?.skippedResources ?? 0);
    if (by === -1 && Object.values(counts.nodes).every(count => count === 0)) this.byForm.delete(key);
  }
}

/** A node that is going or outlives its row is neither ready nor failed, however its objects are. */
function nodeState({ metadata, spec, status }: LynqNodeObject): NodeState {
  if (metadata.deletionTimestamp !== undefined) return "deleting";
  if (spec.inactiveSince !== undefined) return "inactive";
  switch (nodeHealth(metadata.generation, status)) {
    case "Ready":
      return "ready";
    case "Failed":
      return "failed";
    case "Progressing":
      return "progressing";
  }
}

function none(): FormCounts {
  return {
    nodes: { ready: 0, progressing: 0, failed: 0, inactive: 0, deleting: 0 },
    resources: { desired: 0, ready: 0, failed: 0, conflicted: 0, skipped: 0 },
  };
}

function put(set: Set<string>, key: string, member: boolean): void {
  if (member) set.add(key);
  else set.delete(key);
}
