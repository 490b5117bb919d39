import { type Registry } from "prom-client";
import { type LynqNodeObject } from "../../crds";
import { nodeHealth } from "../status";
import { OwnedHistogram } from "./series";
import { type Stores } from "./stores";

/** A row that has begun, or changed. */
export type RowChange = "created" | "updated";

interface Running {
  readonly form: string;
  readonly change: RowChange;
  /** When the row was read that way, in milliseconds since the epoch. */
  readonly readAt: number;
  /** The node's generation with the row's values. */
  readonly generation: number;
}

const SECONDS = [0.25, 0.5, 1, 2.5, 5, 10, 20, 30, 60, 120, 300, 600, 1800];

/** Seconds from the read that found a new or changed row until its node was ready with it. Counts what this process saw from beginning to end. */
export class RowClock {
  private readonly running = new Map<string, Running>();
  private readonly seconds: OwnedHistogram<"form" | "namespace" | "change">;

  constructor(
    registry: Registry,
    private readonly stores: () => Stores,
    private readonly now: () => number,
  ) {
    this.seconds = new OwnedHistogram(
      registry,
      {
        name: "lynqform_row_ready_seconds",
        help: "Seconds from the read that found a row new or changed until its node was ready with it, by change (created or updated).",
        labelNames: ["form", "namespace", "change"],
      },
      SECONDS,
    );
  }

  /** A node was written for its row. One that is not ready with an earlier change goes on being measured from there. */
  started(key: string, row: Running): void {
    const before = this.running.get(key);
    const { generation } = row;
    this.running.set(key, before === undefined ? row : { ...before, generation });
    // Its news may have come before the answer to our write.
    const node = this.stores().nodes.get(key);
    if (node !== undefined) this.look(key, node);
  }

  /** A node has changed, or is gone. */
  look(key: string, node: LynqNodeObject | undefined): void {
    const row = this.running.get(key);
    if (row === undefined) return;
    if (node === undefined) this.running.delete(key);
    else if (
      (node.metadata.generation ?? 0) >= row.generation &&
      nodeHealth(node.metadata.generation, node.status) === "Ready"
    ) {
      this.running.delete(key);
      const { namespace = "" } = node.metadata;
      const form = `${namespace}/${row.form}`;
      if (this.stores().forms.get(form) === undefined) return;
      const labels = { form: row.form, namespace, change: row.change };
      this.seconds.observe(form, labels, Math.max(0, this.now() - row.readAt) / 1000);
    }
  }

  forget(form: string): void {
    this.seconds.forget(form);
  }
}
