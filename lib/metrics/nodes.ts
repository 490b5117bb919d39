import { Histogram, type Registry } from "prom-client";
import { type LynqNodeObject } from "../../crds";
import { conditionValue } from "./conditions";
import { type NodeCounts } from "./node-counts";
import { scrapedGauge, scrapedNumber } from "./series";
import { type Stores } from "./stores";

/** How a pass over a node ended. */
export type PassResult = "success" | "partial_failure" | "error";

const LABELS = ["lynqnode", "namespace"] as const;
/** The Go operator's buckets, and finer ones below: here a pass waits for nothing. */
const SECONDS = [0.005, 0.01, 0.05, 0.1, 0.5, 1, 2, 5, 10, 30, 60];

/**
 * Nodes one by one, under the Go operator's names. Up to a limit all nodes have series; beyond it only those that are failed or not ready, failed ones
 * first, and never more than the limit (docs/decisions/metrics-of-nodes.md).
 */
export class NodeMetrics {
  private readonly passes: Histogram<"result">;

  /** @param limit nodes that may have series at once */
  constructor(
    registry: Registry,
    private readonly stores: () => Stores,
    private readonly counts: NodeCounts,
    private readonly limit: () => number,
  ) {
    this.passes = new Histogram({
      name: "lynqnode_reconcile_duration_seconds",
      help: "Seconds that a pass over a node took, by result: success, partial_failure (a resource failed or is in conflict) or error (it is made again).",
      labelNames: ["result"],
      buckets: SECONDS,
      registers: [registry],
    });
    this.resourceGauges(registry);
    scrapedGauge(
      registry,
      {
        name: "lynqnode_condition_status",
        help: "A condition of the node: 0 False, 1 True, 2 Unknown.",
        labelNames: [...LABELS, "type"],
      },
      set => {
        for (const node of this.shown()) {
          for (const { type, status } of node.status?.conditions ?? [])
            set({ ...labelsOf(node), type }, conditionValue(status));
        }
      },
    );
    scrapedGauge(
      registry,
      {
        name: "lynqnode_degraded_status",
        help: "1 while the node is Degraded, with the reason; a node that is well has no series.",
        labelNames: [...LABELS, "reason"],
      },
      set => {
        for (const node of this.shown()) {
          for (const { type, status, reason } of node.status?.conditions ?? [])
            if (type === "Degraded" && status === "True") set({ ...labelsOf(node), reason }, 1);
        }
      },
    );
    scrapedNumber(
      registry,
      {
        name: "lynqnode_series_withheld",
        help: "Nodes that are failed or not ready and have no series of their own, since there are more of them than LYNQ_METRICS_NODES allows.",
      },
      () => {
        const limit = this.limit();
        if (this.stores().nodes.size <= limit) return 0;
        return Math.max(0, this.counts.failed.size + this.counts.unready.size - limit);
      },
    );
  }

  passed(result: PassResult, tookMs: number): void {
    this.passes.observe({ result }, tookMs / 1000);
  }

  private resourceGauges(registry: Registry): void {
    const gauge = (name: string, help: string, value: (status: NonNullable<LynqNodeObject["status"]>) => number) => {
      scrapedGauge(registry, { name, help, labelNames: LABELS }, set => {
        for (const node of this.shown()) if (node.status !== undefined) set(labelsOf(node), value(node.status));
      });
    };
    gauge("lynqnode_resources_desired", "Resources that the node should have.", s => s.desiredResources ?? 0);
    gauge("lynqnode_resources_ready", "Resources of the node that are ready.", s => s.readyResources ?? 0);
    gauge(
      "lynqnode_resources_failed",
      "Resources of the node that have failed, those in conflict included.",
      s => s.failedResources ?? 0,
    );
    gauge("lynqnode_resources_conflicted", "Resources of the node in conflict.", s => s.conflictedResources ?? 0);
  }

  private *shown(): Generator<LynqNodeObject> {
    const { nodes } = this.stores();
    const limit = this.limit();
    if (nodes.size <= limit) {
      for (const [, node] of nodes.facts()) yield node;
      return;
    }
    let left = limit;
    for (const keys of [this.counts.failed, this.counts.unready]) {
      for (const key of keys) {
        if (left === 0) return;
        const node = nodes.get(key);
        if (node === undefined) continue;
        left--;
        yield node;
      }
    }
  }
}

function labelsOf({ metadata: { namespace = "", name = "" } }: LynqNodeObject): {
  lynqnode: string;
  namespace: string;
} {
  return { lynqnode: name, namespace };
}
