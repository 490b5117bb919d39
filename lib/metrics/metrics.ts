import { collectDefaultMetrics, Gauge, Registry } from "prom-client";
import { type LynqFormObject, type LynqHubObject, type LynqNodeObject } from "../../crds";
import { AdmissionMetrics } from "./admission";
import { ApiRequestMetrics } from "./api-requests";
import { FormMetrics } from "./forms";
import { HubMetrics } from "./hubs";
import { NodeCounts } from "./node-counts";
import { NodeMetrics } from "./nodes";
import { QueueMetrics } from "./queues";
import { RowClock } from "./row-clock";
import { scrapedCounter, scrapedGauge } from "./series";
import { NO_STORES, type Stores } from "./stores";
import { WriteMetrics } from "./writes";

export interface MetricsOptions {
  readonly version: string;
  /** Lanes of the queues: name → number. */
  readonly lanes: Readonly<Record<string, number>>;
  readonly now?: () => number;
}

/** Everything that this process counts (docs/metrics.md). */
export class Metrics {
  readonly registry = new Registry();
  readonly admission: AdmissionMetrics;
  readonly api: ApiRequestMetrics;
  readonly queues: QueueMetrics;
  readonly hubs: HubMetrics;
  readonly forms: FormMetrics;
  readonly nodes: NodeMetrics;
  readonly rows: RowClock;
  readonly writes: WriteMetrics;
  private readonly counts = new NodeCounts();
  private stores: Stores = NO_STORES;
  private known: Stores = NO_STORES;
  private nodeLimit = 0;
  private droppedEvents: () => number = () => 0;
  private leading: { readonly shard: string; readonly isLeading: () => boolean } | undefined;

  constructor({ version, lanes, now = Date.now }: MetricsOptions) {
    const { registry, counts } = this;
    // Whoever waits for its turn leaves it to the one that works to tell of objects, so that nothing is told twice.
    const rests = () => this.leading?.isLeading() === false;
    const stores = () => (rests() ? NO_STORES : this.stores);
    const known = () => this.known;
    const limit = () => this.nodeLimit;
    new Gauge({
      name: "lynq_build_info",
      help: "Always 1; the label is the version.",
      labelNames: ["version"],
      registers: [registry],
    }).set({ version }, 1);
    this.hubs = new HubMetrics(registry, stores);
    this.forms = new FormMetrics(registry, stores, known, () => (rests() ? [] : counts.forms()));
    this.nodes = new NodeMetrics(registry, stores, counts, limit);
    this.rows = new RowClock(registry, stores, now);
    this.writes = new WriteMetrics(registry, known, limit);
    this.queues = new QueueMetrics(registry, lanes);
    this.api = new ApiRequestMetrics(registry);
    this.admission = new AdmissionMetrics(registry);
    scrapedGauge(
      registry,
      {
        name: "lynq_leader",
        help: "1 while it is this process that works for the shard, 0 while it waits for its turn.",
        labelNames: ["shard"],
      },
      set => {
        if (this.leading !== undefined) set({ shard: this.leading.shard }, this.leading.isLeading() ? 1 : 0);
      },
    );
    scrapedCounter(
      registry,
      {
        name: "lynq_events_dropped_total",
        help: "Events that nobody will see, because there were too many about one object or in all.",
      },
      () => this.droppedEvents(),
    );
  }

  /**
   * What gauges are read from.
   *
   * @param nodeLimit nodes that may have series of their own
   * @param known all that exists, where `stores` is only what this process tells of: it may work on nodes of which another one tells
   */
  follow(stores: Stores, nodeLimit: number, droppedEvents: () => number, known = stores): void {
    this.stores = stores;
    this.known = known;
    this.nodeLimit = nodeLimit;
    this.droppedEvents = droppedEvents;
  }

  /** @param shard number of the part of the work that this process may do; `0` where there is one only */
  lead(shard: string, isLeading: () => boolean): void {
    this.leading = { shard, isLeading };
  }

  /** CPU, memory, event loop and garbage collection of this process, under the names of Node's and Prometheus' clients. */
  watchProcess(): void {
    collectDefaultMetrics({ register: this.registry });
  }

  hubChanged(key: string, hub: LynqHubObject | undefined): void {
    if (hub === undefined) this.hubs.forget(key);
  }

  formChanged(key: string, form: LynqFormObject | undefined): void {
    if (form !== undefined) return;
    this.forms.forget(key);
    this.rows.forget(key);
  }

  nodeChanged(key: string, node: LynqNodeObject | undefined, previous: LynqNodeObject | undefined): void {
    this.counts.update(key, node, previous);
    this.rows.look(key, node);
    if (node === undefined) this.nodeGone(key);
  }

  /** Also of a node of which another process tells. */
  nodeGone(key: string): void {
    this.writes.forget(key);
  }

  /** Everything in Prometheus' text format. */
  text(): Promise<string> {
    return this.registry.metrics();
  }
}
