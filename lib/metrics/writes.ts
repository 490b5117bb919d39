import { Counter, type Registry } from "prom-client";
import { OwnedCounter, scrapedCounter } from "./series";
import { type Stores } from "./stores";

/** What is written, and with which policy. */
interface Write {
  readonly kind: string;
  readonly conflictPolicy: string;
}

/** In place of names, for conflicts of nodes beyond those that may have series. No object is called so. */
const OTHERS = "_others";

/** Writes of rendered objects. */
export class WriteMetrics {
  private readonly attempts: Counter<"kind" | "result" | "conflict_policy">;
  private readonly conflicts: OwnedCounter<"lynqnode" | "namespace" | "resource_kind" | "conflict_policy">;
  private skippedCount = 0;

  /** @param limit nodes that may have series at once */
  constructor(
    registry: Registry,
    private readonly stores: () => Stores,
    private readonly limit: () => number,
  ) {
    this.attempts = new Counter({
      name: "apply_attempts_total",
      help: "Objects that were written, or tried to be, by kind, result (success or error) and conflict policy.",
      labelNames: ["kind", "result", "conflict_policy"],
      registers: [registry],
    });
    this.conflicts = new OwnedCounter(registry, {
      name: "lynqnode_conflicts_total",
      help: "Writes that were not made because the object is somebody else's, by node, kind and conflict policy.",
      labelNames: ["lynqnode", "namespace", "resource_kind", "conflict_policy"],
    });
    scrapedCounter(
      registry,
      {
        name: "lynq_writes_skipped_total",
        help: "Objects that were looked at and not written, since they are as they should be.",
      },
      () => this.skippedCount,
    );
  }

  /** On the hot path: an addition, and no more. */
  skipped(): void {
    this.skippedCount++;
  }

  attempted({ kind, conflictPolicy }: Write, result: "success" | "error"): void {
    this.attempts.inc({ kind, result, conflict_policy: conflictPolicy });
  }

  conflicted(
    { namespace, name }: { readonly namespace: string; readonly name: string },
    { kind, conflictPolicy }: Write,
  ): void {
    const key = `${namespace}/${name}`;
    if (this.stores().nodes.get(key) === undefined) return;
    const labels = { namespace, resource_kind: kind, conflict_policy: conflictPolicy };
    if (this.conflicts.has(key) || this.conflicts.owners < this.limit())
      this.conflicts.inc(key, { lynqnode: name, ...labels });
    else this.conflicts.inc(OTHERS, { lynqnode: OTHERS, ...labels });
  }

  forget(node: string): void {
    this.conflicts.forget(node);
  }
}
