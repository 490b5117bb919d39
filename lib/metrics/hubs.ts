import { type Registry } from "prom-client";
import { type LynqHubObject } from "../../crds";
import { conditionValue } from "./conditions";
import { OwnedCounter, OwnedHistogram, scrapedGauge } from "./series";
import { type Stores } from "./stores";

/** What one look at a hub's table came to: which rows were read, and how many the table has; or the kind of failure. */
export type HubRead =
  | { readonly extent: "whole" | "part" | "none"; readonly rows: number }
  | { readonly failure: string };

interface Reads {
  /** Milliseconds since the epoch; undefined while none has succeeded in this process. */
  readonly lastSuccess: number | undefined;
  readonly intervalMs: number;
}

const LABELS = ["hub", "namespace"] as const;
const SECONDS = [0.005, 0.01, 0.05, 0.1, 0.5, 1, 5, 10, 30, 60, 120, 300];

/** Hubs: their tables, their nodes, and what is held back. */
export class HubMetrics {
  private readonly reads = new Map<string, Reads>();
  private readonly duration: OwnedHistogram<"hub" | "namespace" | "result">;
  private readonly rows: OwnedCounter<"hub" | "namespace">;
  private readonly errors: OwnedCounter<"hub" | "namespace" | "kind">;

  constructor(
    registry: Registry,
    private readonly stores: () => Stores,
  ) {
    this.duration = new OwnedHistogram(
      registry,
      {
        name: "lynqhub_sync_duration_seconds",
        help: "Seconds that a look at the hub's table took, by result: whole, part or none (which rows had to be read), or failure.",
        labelNames: [...LABELS, "result"],
      },
      SECONDS,
    );
    this.rows = new OwnedCounter(registry, {
      name: "lynqhub_rows_read_total",
      help: "Rows that came in reads of the whole table.",
      labelNames: LABELS,
    });
    this.errors = new OwnedCounter(registry, {
      name: "lynqhub_sync_errors_total",
      help: "Reads of the hub's table that failed, by kind of failure.",
      labelNames: [...LABELS, "kind"],
    });
    this.gauges(registry);
  }

  /** @param at milliseconds since the epoch */
  read(
    key: string,
    read: HubRead,
    { at, tookMs, intervalMs }: { at: number; tookMs: number; intervalMs: number },
  ): void {
    const hub = this.stores().hubs.get(key);
    // It may have gone while its table was read.
    if (hub === undefined) return;
    const labels = labelsOf(hub);
    const failed = "failure" in read;
    this.duration.observe(key, { ...labels, result: failed ? "failure" : read.extent }, tookMs / 1000);
    this.reads.set(key, { intervalMs, lastSuccess: failed ? this.reads.get(key)?.lastSuccess : at });
    if (failed) this.errors.inc(key, { ...labels, kind: read.failure });
    else if (read.extent === "whole") this.rows.inc(key, labels, read.rows);
  }

  forget(key: string): void {
    this.reads.delete(key);
    for (const metric of [this.duration, this.rows, this.errors]) metric.forget(key);
  }

  private gauges(registry: Registry): void {
    const gauge = (name: string, help: string, value: (hub: LynqHubObject, key: string) => number | undefined) => {
      scrapedGauge(registry, { name, help, labelNames: LABELS }, set => {
        for (const [key, hub] of this.stores().hubs.facts()) {
          const number = value(hub, key);
          if (number !== undefined) set(labelsOf(hub), number);
        }
      });
    };
    gauge("hub_desired", "Nodes that should exist: active rows times forms.", ({ status }) => status?.desired);
    gauge("hub_ready", "Nodes of the hub that are ready.", ({ status }) => status?.ready);
    gauge("hub_failed", "Nodes of the hub that have failed.", ({ status }) => status?.failed);
    gauge(
      "lynqhub_deletions_held",
      "Nodes that the deletion guard holds back until a human approves.",
      ({ status }) => status && (status.deletionHeld?.count ?? 0),
    );
    gauge(
      "lynqhub_last_successful_sync_timestamp_seconds",
      "When the hub's table was last read in full, in seconds since the epoch. After a restart and before its first read: what the hub's status says.",
      ({ status }, key) => {
        const known = this.reads.get(key)?.lastSuccess ?? Date.parse(status?.lastSuccessfulSyncTime ?? "");
        return Number.isNaN(known) ? undefined : known / 1000;
      },
    );
    gauge("lynqhub_sync_interval_seconds", "How often the hub's table is read, in seconds.", (_hub, key) => {
      const reads = this.reads.get(key);
      return reads && reads.intervalMs / 1000;
    });
    scrapedGauge(
      registry,
      {
        name: "lynqhub_rows",
        help: "Rows of the hub's table at its last complete read: seen, active, and active but quarantined.",
        labelNames: [...LABELS, "state"],
      },
      set => {
        for (const [, hub] of this.stores().hubs.facts()) {
          const { seen, active, quarantined } = hub.status?.rows ?? {};
          for (const [state, count] of Object.entries({ seen, active, quarantined }))
            if (count !== undefined) set({ ...labelsOf(hub), state }, count);
        }
      },
    );
    scrapedGauge(
      registry,
      {
        name: "lynqhub_condition_status",
        help: "A condition of the hub: 0 False, 1 True, 2 Unknown.",
        labelNames: [...LABELS, "type"],
      },
      set => {
        for (const [, hub] of this.stores().hubs.facts()) {
          for (const { type, status } of hub.status?.conditions ?? [])
            set({ ...labelsOf(hub), type }, conditionValue(status));
        }
      },
    );
  }
}

function labelsOf({ metadata: { namespace = "", name = "" } }: LynqHubObject): { hub: string; namespace: string } {
  return { hub: name, namespace };
}
